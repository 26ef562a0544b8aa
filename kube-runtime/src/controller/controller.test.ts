import { describe, expect, it } from "vitest";
import { ApiError } from "../client/api-error.ts";
import { type LogFields, type Logger, silentLogger } from "../telemetry/logger.ts";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { Controller } from "./controller.ts";
import type { ReconcileContext, Reconciler, Request, Result } from "./reconciler.ts";

const done: Result = { kind: "done" };

/** A controller that runs, with what it was seen to do. */
function start(reconcile: Reconciler["reconcile"], options: { workers?: number; deadlineMs?: number } = {}) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const calls: string[] = [];
  const outcomes: string[] = [];
  const errors: LogFields[] = [];
  const log: Logger = { ...silentLogger, child: () => log, error: (_, fields = {}) => errors.push(fields) };
  const controller = new Controller({
    name: "things",
    reconciler: {
      reconcile: (request: Request, context: ReconcileContext) => {
        calls.push(`${request.name}#${context.attempt}`);
        return reconcile(request, context);
      },
    },
    clock,
    random: () => 0,
    log,
    metrics: {
      ...noMetrics,
      controller: () => ({
        workers: () => {},
        active: () => {},
        reconciled: (outcome) => outcomes.push(outcome),
      }),
    },
    ...options,
  });
  const running = controller.run(stop.signal);
  return { clock, stop, calls, outcomes, errors, controller, running };
}

const object = (name: string): Request => ({ namespace: "shop", name });

describe("what follows a reconcile", () => {
  it.each<[string, () => Promise<Result>, string, number, string[]]>([
    ["done: nothing", async () => done, "success", 600_000, ["a#0"]],
    [
      "requeueAfter: again then",
      async () => ({ kind: "requeueAfter", ms: 5_000 }),
      "requeue_after",
      5_000,
      ["a#0", "a#0"],
    ],
    ["requeue: again with back-off", async () => ({ kind: "requeue" }), "requeue", 1_000, ["a#0", "a#1"]],
    [
      "an error: again with back-off",
      async () => Promise.reject(new Error("no")),
      "error",
      1_000,
      ["a#0", "a#1"],
    ],
    [
      "Retry-After: not before",
      async () =>
        Promise.reject(new ApiError({ request: "GET /", status: 429, reason: "Slow", retryAfterMs: 9_000 })),
      "error",
      8_999,
      ["a#0"],
    ],
  ])("%s", async (_, reconcile, outcome, ms, expected) => {
    const { clock, calls, outcomes, controller } = start(reconcile);
    controller.enqueue(object("a"));
    await clock.advance(ms);
    expect(calls).toEqual(expected);
    expect(outcomes[0]).toBe(outcome);
  });

  it("counts failures from the start again after a success", async () => {
    const answers = [Promise.reject(new Error("no")), Promise.resolve(done), Promise.resolve(done)];
    for (const answer of answers) answer.catch(() => {});
    const { clock, calls, controller } = start(async () => (await answers.shift()) ?? done);
    controller.enqueue(object("a"));
    await clock.advance(1_000);
    controller.enqueue(object("a"));
    await clock.advance(0);
    expect(calls).toEqual(["a#0", "a#1", "a#0"]);
  });
});

describe("workers", () => {
  it("reconcile as many objects at once as there are workers, and none twice at once", async () => {
    const open = new Map<string, () => void>();
    const { clock, calls, controller } = start(
      ({ name }) => new Promise((resolve) => open.set(name, () => resolve(done))),
      { workers: 2 },
    );
    for (const name of ["a", "a", "b", "c"]) controller.enqueue(object(name));
    await clock.advance(0);
    controller.enqueue(object("a"));
    await clock.advance(0);
    expect(calls).toEqual(["a#0", "b#0"]);
    open.get("a")?.();
    await clock.advance(0);
    expect(calls).toEqual(["a#0", "b#0", "c#0"]);
    open.get("b")?.();
    await clock.advance(0);
    expect(calls).toEqual(["a#0", "b#0", "c#0", "a#0"]);
  });

  it("are not held by an object that always throws", async () => {
    const { clock, calls, controller } = start(
      async ({ name }) => (name === "poison" ? Promise.reject(new TypeError("no")) : done),
      { workers: 1 },
    );
    controller.enqueue(object("poison"));
    controller.enqueue(object("a"));
    await clock.advance(3_600_000);
    expect(calls).toContain("a#0");
    // 1 s at first (random is 0 here), so at most one try a second.
    expect(calls.length).toBeLessThanOrEqual(3_602);
  });

  it("give up a reconcile at its deadline, and try again", async () => {
    const { clock, calls, errors, controller } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      { workers: 1, deadlineMs: 10_000 },
    );
    controller.enqueue(object("a"));
    await clock.advance(11_000);
    expect(calls).toEqual(["a#0", "a#1"]);
    expect(errors[0]?.error).toMatchObject({ message: "the reconcile of shop/a took longer than 10000 ms" });
  });

  it("go on without a reconcile that does not heed its deadline, and leave its object alone until it is over", async () => {
    let end = () => {};
    const { clock, calls, controller } = start(
      ({ name }) =>
        name === "deaf" ? new Promise((resolve) => (end = () => resolve(done))) : Promise.resolve(done),
      { workers: 1, deadlineMs: 10_000 },
    );
    controller.enqueue(object("deaf"));
    controller.enqueue(object("a"));
    await clock.advance(15_000);
    controller.enqueue(object("deaf"));
    await clock.advance(60_000);
    expect(calls).toEqual(["deaf#0", "a#0"]);
    end();
    await clock.advance(0);
    expect(calls).toEqual(["deaf#0", "a#0", "deaf#0"]);
  });
});

describe("the end", () => {
  it("takes nothing up any more, aborts what runs, and waits for it", async () => {
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
    expect({ seen, calls, errors }).toEqual({ seen: ["aborted"], calls: ["a#0"], errors: [] });
    expect(clock.pendingTimers).toBe(0);
  });
});
