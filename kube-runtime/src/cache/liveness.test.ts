import { describe, expect, it } from "vitest";
import { ApiError, ConnectionError } from "../client/api-error.ts";
import type { ObjectList } from "../client/kube-client.ts";
import { keyOf, type NamespacedName } from "../client/kubernetes-object.ts";
import type { WatchEvent } from "../client/watch-event.ts";
import { Controller } from "../controller/controller.ts";
import type { Reconciler, Result } from "../controller/reconciler.ts";
import { silentLogger } from "../telemetry/logger.ts";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { Reflector, type ReflectorOptions } from "./reflector.ts";
import { Store } from "./store.ts";

type Client = ReflectorOptions<never>["client"];

const page = { metadata: { resourceVersion: "10" }, items: [] };
const list = async () => page as ObjectList<never>;
/** Ends by its signal, as the client's own requests do. */
const never = (signal: AbortSignal | undefined) =>
  new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
const refused = new ApiError({ request: "GET /", status: 403, reason: "Forbidden" });
const away = new ConnectionError("GET /", "ECONNREFUSED");

async function* silent(_: unknown, __: unknown, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  yield await never(signal);
}

/** A watch whose stream ignores its signal, as with a bug in a library. */
async function* deaf(): AsyncGenerator<WatchEvent> {
  yield await never(undefined);
}

function reflector(client: Client) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const store = new Store({ transform: (raw) => raw, failed: () => {} });
  const made = new Reflector({
    name: "things",
    path: "/api/v1/things",
    store,
    client,
    clock,
    random: () => 0.5,
    log: silentLogger,
    metrics: noMetrics.reflector("things"),
  });
  void made.run(stop.signal);
  return { clock, stop, made };
}

const HOUR_MS = 3_600_000;

describe("a reflector is alive", () => {
  it.each<[string, Client]>([
    ["its watches are silent and are replaced", { list, watch: silent }],
    ["its lists are refused", { list: () => Promise.reject(refused), watch: silent }],
    ["no API server is there", { list: () => Promise.reject(away), watch: silent }],
    [
      "its lists get no answer, each until its timeout",
      { list: (_, __, options) => never(options?.signal), watch: silent },
    ],
  ])("as long as it tries, although %s", async (_, client) => {
    const timed: Client = {
      ...client,
      // The client's own timeout of 15 s.
      list: (path, query, options) =>
        Promise.race([
          client.list<never>(path, query, options),
          new Promise<never>((_resolve, reject) => clock.setTimer(15_000, () => reject(away))),
        ]),
    };
    const { clock, stop, made } = reflector(timed);
    for (let passed = 0; passed < HOUR_MS; passed += 10_000) {
      await clock.advance(10_000);
      expect(made.stalled()).toBeUndefined();
    }
    stop.abort();
  });

  it("while a list has many pages, each slow", async () => {
    let pages = 0;
    const { clock, stop, made } = reflector({
      watch: silent,
      list: (async () => {
        pages += 1;
        await new Promise<void>((resolve) => clock.setTimer(14_000, resolve));
        return { metadata: { resourceVersion: "10", continue: pages < 100 ? "more" : "" }, items: [] };
      }) as Client["list"],
    });
    for (let passed = 0; passed < 100 * 14_000; passed += 10_000) {
      await clock.advance(10_000);
      expect(made.stalled()).toBeUndefined();
    }
    expect(pages).toBe(100);
    stop.abort();
  });

  it("not when its watch is silent and is not replaced", async () => {
    const { clock, made } = reflector({ list, watch: deaf });
    await clock.advance(254_000);
    expect(made.stalled()).toBeUndefined();
    clock.setWallClock(0);
    await clock.advance(1_000);
    expect(made.stalled()).toBe("nothing came for 255 s, and nothing was tried");
  });
});

describe("a reflector is not ready", () => {
  it("before its first list, and says why", async () => {
    let answer: Promise<ObjectList<never>> = Promise.reject(refused);
    answer.catch(() => {});
    const { clock, stop, made } = reflector({ list: () => answer as never, watch: silent });
    expect(made.notReady()).toBe("its first list has not come yet");
    await clock.advance(0);
    expect(made.notReady()).toBe("its first list has not come yet; the last try: Forbidden");
    answer = Promise.resolve(page as ObjectList<never>);
    await clock.advance(30_000);
    expect(made.notReady()).toBeUndefined();
    stop.abort();
  });
});

describe("a queue drains", () => {
  const done: Result = { kind: "done" };
  const start = (reconcile: Reconciler<NamespacedName>["reconcile"], workers = 2) => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const controller = new Controller<NamespacedName>({
      name: "things",
      reconciler: { reconcile },
      keyOf,
      logFields: () => ({}),
      clock,
      random: () => 0.5,
      log: silentLogger,
      metrics: noMetrics,
      workers,
    });
    const run = () => void controller.run(stop.signal);
    return { clock, stop, controller, run };
  };
  const enqueue = (controller: Controller<NamespacedName>, count: number) => {
    for (let n = 0; n < count; n += 1) controller.enqueue({ namespace: "shop", name: `thing-${n}` });
  };

  it.each<[string, Reconciler<NamespacedName>["reconcile"]]>([
    ["work takes all of its time", () => new Promise<never>(() => {})],
    ["all work fails", async () => Promise.reject(new Error("no"))],
  ])("slowly, but it does, although %s", async (_, reconcile) => {
    const { clock, stop, controller, run } = start(reconcile);
    run();
    enqueue(controller, 50);
    for (let passed = 0; passed < HOUR_MS; passed += 10_000) {
      await clock.advance(10_000);
      expect(controller.stalled()).toBeUndefined();
    }
    stop.abort();
  });

  it("when there is nothing in it", async () => {
    const { clock, stop, controller, run } = start(async () => done);
    run();
    await clock.advance(HOUR_MS);
    enqueue(controller, 1);
    expect(controller.stalled()).toBeUndefined();
    stop.abort();
  });

  it("not when keys wait and no worker takes one", async () => {
    const { clock, controller } = start(async () => done);
    enqueue(controller, 3);
    await clock.advance(249_000);
    expect(controller.stalled()).toBeUndefined();
    await clock.advance(1_000);
    expect(controller.stalled()).toBe("3 keys wait, and no worker took one for 250 s");
  });
});
