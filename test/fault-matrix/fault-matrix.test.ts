import { calls, watches } from "@rotated-secrets/sandbox/proxy/call-match";
import { old } from "@rotated-secrets/sandbox/proxy/fault";
import { expired } from "@rotated-secrets/sandbox/proxy/wrong-answers";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cell, cellsOf, nameOf, recordCalls, runCell } from "./cell.ts";
import type { Course } from "./course.ts";
import { Ground } from "./ground.ts";

/** A different one each time; the printed seed selects the same cells again. */
const SEED = Number(process.env["ROTATED_SECRETS_FAULT_SEED"] ?? Date.now() % 1_000_000);

let ground: Ground;

beforeAll(async () => {
  ground = await Ground.make();
});
afterAll(() => ground?.end());

// All cells: npm run soak.
describe("an operator whose calls are killed, refused, lost and late", () => {
  it("finishes a sync although its watches have to start again, with old lists", async () => {
    // This comes first, because then the only earlier list is from before the Secret was created, and is refused.
    const { apiProxy } = ground.stage;
    const lists = apiProxy.inject({
      on: calls("GET", /[/]secrets$/),
      times: 2,
      when: "after",
      fault: old(1),
    });
    const { hit } = apiProxy.inject({ on: watches(/./), when: "now", fault: expired });
    expect(hit.length).toBeGreaterThanOrEqual(5);
    await recordCalls(ground, "sync");
    expect(lists.hit).toHaveLength(2);
  });

  it.each([
    { course: "sync" as const, count: 1 },
    { course: "rotation" as const, count: 2 },
  ])(
    "brings a $course to its end, does nothing twice and keeps the Secret whole: $count of the cells",
    async ({ course, count }) => {
      const cells = sample(course, await recordCalls(ground, course), count);
      console.log(`ROTATED_SECRETS_FAULT_SEED=${SEED}\n  ${cells.map(nameOf).join("\n  ")}`);
      for (const cell of cells) {
        const outcome = await runCell(ground, cell);
        expect(outcome, nameOf(cell)).not.toHaveProperty("problems");
      }
    },
  );
});

/** The seed's cells; none that waits for a time-out of the API server, which is long. */
function sample(course: Course, made: readonly string[], count: number): readonly Cell[] {
  const cells = cellsOf(course, made).filter(
    ({ call, fault }) => fault !== "timed out" || call.startsWith("AWS "),
  );
  const some = fc.shuffledSubarray([...cells], { minLength: count, maxLength: count });
  return fc.sample(some, { seed: SEED, numRuns: 1 })[0] ?? [];
}
