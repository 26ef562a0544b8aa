import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api-error.ts";
import { jsonLogger } from "../telemetry/json-logger.ts";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { Controller } from "./controller.ts";
import { InvariantError } from "./panic.ts";
import type { Reconciler, Result } from "./reconciler.ts";

/** A key that is not the name of an object. */
interface Thing {
  readonly account: string;
  readonly name: string;
}

const done: Result = { kind: "done" };
const BUG = "reconcile failed by a bug: please report it";

interface Options {
  readonly workers?: number;
  readonly deadlineMs?: number;
  readonly random?: () => number;
}

/** A running controller and its observed behaviour: `calls` has each call with its time in ms. */
function start(reconcile: Reconciler<Thing>["reconcile"], options: Options = {}) {
  const clock = new ManualClock(0);
  const stop = new AbortController();
  const calls: string[] = [];
  const outcomes: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => lines.push(JSON.parse(line));
  const controller = new Controller<Thing, "thing">({
    name: "things",
    reconciler: {
      reconcile: (key, context) => {
        calls.push(`${key.name}@${clock.now()}`);
        return reconcile(key, context);
      },
    },
    keyOf: ({ account, name }) => `${account}/${name}`,
    logFields: ({ name }) => ({ thing: name }),
    clock,
    random: () => 0,
    log: jsonLogger({ level: "info", destination: { write } }),
    metrics: {
      ...noMetrics,
      controller: () => ({
        workers: () => {},
        active: () => {},
        reconciled: (outcome) => outcomes.push(outcome),
        panicked: () => outcomes.push("panic"),
      }),
    },
    ...options,
  });
  const running = controller.run(stop.signal);
  const errors = () => lines.filter(({ level }) => level === "error");
  return { clock, stop, calls, outcomes, lines, errors, controller, running };
}

const object = (name: string): Thing => ({ account: "one", name });

describe("after a reconcile", () => {
  it.each<[string, () => Promise<Result>, string, number, string[]]>([
    ["done: nothing", async () => done, "success", 600_000, ["a@0"]],
    [
      "requeueAfter: again then",
      async () => ({ kind: "requeueAfter", ms: 5_000 }),
      "requeue_after",
      5_000,
      ["a@0", "a@5000"],
    ],
    ["requeue: again with back-off", async () => ({ kind: "requeue" }), "requeue", 1_000, ["a@0", "a@1000"]],
    [
      "an error: again with back-off",
      async () => Promise.reject(new Error("no")),
      "error",
      1_000,
      ["a@0", "a@1000"],
    ],
    [
      "Retry-After: not before",
      async () =>
        Promise.reject(new ApiError({ request: "GET /", status: 429, reason: "Slow", retryAfterMs: 9_000 })),
      "error",
      9_000,
      ["a@0", "a@9000"],
    ],
  ])("%s", async (_, reconcile, outcome, ms, expected) => {
    const { clock, calls, outcomes, controller } = start(reconcile);
    controller.enqueue(object("a"));
    await clock.advance(ms);
    expect(calls).toEqual(expected);
    expect(outcomes[0]).toBe(outcome);
  });

  it("waits longer after each failure, and as after the first again after a success", async () => {
    const answers = ["fails", "fails", "succeeds", "fails"];
    const { clock, calls, controller } = start(
      async () => (answers.shift() === "fails" ? Promise.reject(new Error("no")) : done),
      { random: () => 0.5 },
    );
    controller.enqueue(object("a"));
    await clock.advance(5_000);
    controller.enqueue(object("a"));
    await clock.advance(5_000);
    expect(calls).toEqual(["a@0", "a@1500", "a@4000", "a@5000", "a@6500"]);
  });
});

describe("an exception", () => {
  it.each<[string, unknown, string[], string]>([
    ["of the environment is an error", new Error("away"), ["error"], "reconcile failed"],
    ["of the language is a bug", new TypeError("x is undefined"), ["panic", "error"], BUG],
    [
      "that says that an invariant is broken is a bug",
      new InvariantError("no rest"),
      ["panic", "error"],
      BUG,
    ],
    ["that is not an Error is a bug", "no", ["panic", "error"], BUG],
  ])("%s", async (_, thrown, expected, message) => {
    const { clock, outcomes, errors, controller } = start(async () => Promise.reject(thrown));
    controller.enqueue(object("a"));
    await clock.advance(0);
    expect(outcomes).toEqual(expected);
    expect(errors()).toMatchObject([{ msg: message, thing: "a", attempt: 1, waitMs: 1_000 }]);
  });

  it("that is a conflict is not an error in the log: the next reconcile reads what others wrote", async () => {
    const conflict = new ApiError({ request: "PUT /", status: 409, reason: "Conflict" });
    const { clock, lines, outcomes, controller } = start(async () => Promise.reject(conflict));
    controller.enqueue(object("a"));
    await clock.advance(0);
    expect(outcomes).toEqual(["error"]);
    expect(lines).toMatchObject([{ level: "info", msg: "reconcile met a conflict" }]);
  });
});

describe("each line of a reconcile", () => {
  it("says controller, key and reconcile, also where the line comes from another part", async () => {
    const others: Record<string, unknown>[] = [];
    const ofOthers = jsonLogger({
      level: "info",
      destination: { write: (line: string) => others.push(JSON.parse(line)) },
    });
    const { clock, lines, controller } = start(async (_, { log }) => {
      log.info("mine");
      await Promise.resolve();
      ofOthers.info("theirs");
      return done;
    });
    controller.enqueue(object("a"));
    controller.enqueue(object("b"));
    await clock.advance(0);
    ofOthers.info("outside");
    const fields = (name: string) => ({ controller: "things", thing: name, reconcileID: expect.any(String) });
    expect(lines).toMatchObject([fields("a"), fields("b")]);
    expect(others.map(({ reconcileID }) => reconcileID)).toEqual([
      lines[0]?.reconcileID,
      lines[1]?.reconcileID,
      undefined,
    ]);
    expect(others).toMatchObject([fields("a"), fields("b"), { msg: "outside" }]);
    expect(lines[0]?.reconcileID).not.toBe(lines[1]?.reconcileID);
  });
});

describe("workers", () => {
  it("reconcile as many keys at the same time as there are workers, and no key twice", async () => {
    const open = new Map<string, () => void>();
    const { clock, calls, controller } = start(
      ({ name }) => new Promise((resolve) => open.set(name, () => resolve(done))),
      { workers: 2 },
    );
    for (const name of ["a", "a", "b", "c"]) controller.enqueue(object(name));
    await clock.advance(0);
    controller.enqueue(object("a"));
    await clock.advance(0);
    expect(calls).toEqual(["a@0", "b@0"]);
    open.get("a")?.();
    await clock.advance(0);
    expect(calls).toEqual(["a@0", "b@0", "c@0"]);
    open.get("b")?.();
    await clock.advance(0);
    expect(calls).toEqual(["a@0", "b@0", "c@0", "a@0"]);
  });

  it("are not blocked by a key that always throws", async () => {
    const { clock, calls, controller } = start(
      async ({ name }) => (name === "poison" ? Promise.reject(new TypeError("no")) : done),
      { workers: 1 },
    );
    controller.enqueue(object("poison"));
    controller.enqueue(object("a"));
    await clock.advance(3_600_000);
    expect(calls).toContain("a@0");
    // 1 s at first (random is 0 here), so at most one try a second.
    expect(calls.length).toBeLessThanOrEqual(3_602);
  });

  it("abort a reconcile at its deadline, and try again", async () => {
    const { clock, calls, errors, controller } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      { workers: 1, deadlineMs: 10_000 },
    );
    controller.enqueue(object("a"));
    await clock.advance(11_000);
    expect(calls).toEqual(["a@0", "a@11000"]);
    expect(errors()[0]?.error).toMatchObject({ message: "the reconcile of one/a took longer than 10000 ms" });
  });

  it("continue without a reconcile that ignores its deadline, whose key waits until it has ended", async () => {
    let end = () => {};
    const { clock, calls, errors, controller } = start(
      ({ name }) =>
        name === "deaf" ? new Promise((resolve) => (end = () => resolve(done))) : Promise.resolve(done),
      { workers: 1, deadlineMs: 10_000 },
    );
    controller.enqueue(object("deaf"));
    controller.enqueue(object("a"));
    await clock.advance(15_000);
    controller.enqueue(object("deaf"));
    await clock.advance(60_000);
    expect(calls).toEqual(["deaf@0", "a@15000"]);
    expect(errors()).toMatchObject([
      { msg: "reconcile ignores its deadline: its worker goes on without it", thing: "deaf" },
    ]);
    end();
    await clock.advance(0);
    expect(calls).toEqual(["deaf@0", "a@15000", "deaf@75000"]);
  });
});

describe("stopping", () => {
  it("takes no more keys, aborts running reconciles, and waits for them", async () => {
    const seen: string[] = [];
    const { clock, stop, calls, errors, controller, running } = start(
      async (_, { signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        seen.push("aborted");
        throw signal.reason;
      },
      { workers: 1 },
    );
    controller.enqueue(object("a"));
    controller.enqueue(object("b"));
    await clock.advance(0);
    stop.abort(new Error("SIGTERM"));
    await running;
    expect({ seen, calls, errors: errors() }).toEqual({ seen: ["aborted"], calls: ["a@0"], errors: [] });
    expect(clock.pendingTimers).toBe(0);
  });
});
