import fc from "fast-check";
import { describe, it } from "vitest";
import { inUse } from "./testing/at-rest.ts";
import { happen, rotatingHappening } from "./testing/happenings.ts";
import { holdToPromises } from "./testing/promises.ts";

const HISTORIES = Number(process.env["ROTATED_SECRETS_HISTORIES"] ?? 5_000);

/** AWS goes back in the middle of a rollout, and the Secret with the newer version is deleted: new pods hold that version. */
const WENT_BACK_AND_DELETED = [
  { event: "request", passes: 627, crashAt: null },
  { event: "moveBack", passes: 3_454, crashAt: null },
  { event: "moveBack", passes: 3_220, crashAt: null },
  { event: "deleteSecret", passes: 0, crashAt: null },
  { event: "request", passes: 0, crashAt: null },
  { event: "hourly", passes: 0, crashAt: null },
  { event: "request", passes: 2_521, crashAt: null },
] satisfies Parameters<typeof happen>[1];

describe("in every history of rotations, refused calls and other writers", () => {
  it("Current is proven, no rotation starts too early, and no reader loses a key that it needs", {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rotatingHappening, { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 2 }),
        fc.boolean(),
        async (happenings, operators, othersWait) => {
          const simulation = await inUse({ operators, othersWait });
          holdToPromises(simulation, { operators });
          await happen(simulation, happenings);
        },
      ),
      { numRuns: HISTORIES, examples: [[WENT_BACK_AND_DELETED, 2, false]] },
    );
  });
});
