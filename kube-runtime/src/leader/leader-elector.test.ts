import { afterEach, describe, expect, it } from "vitest";
import { ApiError, ConnectionError } from "../client/api-error.ts";
import { type Logger, silentLogger } from "../telemetry/logger.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { LeaderElector } from "./leader-elector.ts";
import { type Lease, LeaseLock, microTime } from "./lease-lock.ts";

const PATH = "/apis/coordination.k8s.io/v1/namespaces/home/leases/operator";

/** The API server's part: one Lease, its resourceVersion tested as the API server does. */
class LeaseServer {
  lease: Lease | undefined;
  /** While it is not undefined, every request ends so. */
  fault: (() => Promise<never>) | undefined;
  writes = 0;
  #version = 1;

  async get<T>(path: string): Promise<T> {
    await this.fault?.();
    if (this.lease === undefined) throw refusal(path, 404, "NotFound");
    return structuredClone(this.lease) as T;
  }

  async update<T>(path: string, body: unknown): Promise<T> {
    await this.fault?.();
    const { metadata, spec } = body as Lease;
    const { resourceVersion } = metadata;
    if (this.lease === undefined && resourceVersion !== undefined) throw refusal(path, 409, "Conflict");
    if (this.lease !== undefined && resourceVersion === undefined) throw refusal(path, 422, "Invalid");
    if (resourceVersion !== this.lease?.metadata.resourceVersion) throw refusal(path, 409, "Conflict");
    this.put(spec);
    return structuredClone(this.lease) as T;
  }

  /** Writes it past all tests. */
  put(spec: Lease["spec"]): void {
    this.#version += 1;
    this.writes += 1;
    const metadata = { namespace: "home", name: "operator", resourceVersion: String(this.#version) };
    this.lease = { metadata, spec };
  }
}

function refusal(request: string, status: number, reason: string): ApiError {
  return new ApiError({ request, status, reason });
}

const running: AbortController[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop.abort();
});

const server = () => new LeaseServer();

/** A process that wants to lead, with what it was seen to do. */
function candidate(api: LeaseServer, identity: string, clock = new ManualClock()) {
  const stop = new AbortController();
  running.push(stop);
  const story: string[] = [];
  const log: Logger = { ...silentLogger, info: (text) => story.push(text), warn: (text) => story.push(text) };
  const elector = new LeaderElector({
    lock: new LeaseLock({ client: api as never, namespace: "home", name: "operator" }),
    identity,
    clock,
    random: () => 0.5,
    log,
    report: (leads) => story.push(leads ? "1" : "0"),
  });
  const run = elector.run(stop.signal).then(
    () => "ended",
    (error: unknown) => (error instanceof Error ? error.message : "?"),
  );
  return {
    clock,
    stop,
    story,
    elector,
    run,
    leads: () => story.filter((word) => /^[01]$/.test(word)).at(-1) === "1",
  };
}

describe("a candidate", () => {
  it("creates a missing lease, with times of six decimals, and renews it every 2 s", async () => {
    const api = server();
    const one = candidate(api, "one");
    await one.clock.advance(0);
    expect(one.leads()).toBe(true);
    expect(api.lease?.spec).toEqual({
      holderIdentity: "one",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-01T00:00:00.000000Z",
      renewTime: "2026-01-01T00:00:00.000000Z",
      leaseTransitions: 0,
    });
    await one.clock.advance(60_000);
    expect(api.writes).toBe(31);
    expect(api.lease?.spec).toMatchObject({
      acquireTime: "2026-01-01T00:00:00.000000Z",
      renewTime: "2026-01-01T00:01:00.000000Z",
    });
  });

  it.each<[string, Lease["spec"]]>([
    ["was given back", { holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: 4 }],
    ["was never held", {}],
    [
      "is its own, as after a container's restart in its pod",
      { holderIdentity: "one", leaseDurationSeconds: 15 },
    ],
  ])("becomes the leader at once when the lease %s", async (_, spec) => {
    const api = server();
    api.put(spec);
    const one = candidate(api, "one");
    await one.clock.advance(0);
    expect(one.leads()).toBe(true);
  });

  it.each<[string, string]>([
    ["is an hour behind", "2026-01-01T01:00:00.000000Z"],
    ["is an hour ahead", "2025-12-31T23:00:00.000000Z"],
    ["agrees", "2026-01-01T00:00:00.000000Z"],
    ["cannot be compared, because the lease has no valid time", "soon"],
  ])("waits 15 s after it saw the lease, and no longer, when its clock %s", async (_, renewTime) => {
    const api = server();
    api.put({ holderIdentity: "dead", leaseDurationSeconds: 15, renewTime });
    const one = candidate(api, "one");
    await one.clock.advance(15_000);
    expect(one.leads()).toBe(false);
    // A wait between two attempts is 2 to 4.4 s.
    await one.clock.advance(4_400);
    expect(one.leads()).toBe(true);
    expect(api.lease?.spec?.leaseTransitions).toBe(1);
  });

  it("waits for ever while the holder renews, however its own clock jumps", async () => {
    const api = server();
    const clock = new ManualClock();
    const [first, second] = [candidate(api, "first", clock), candidate(api, "second", clock)];
    for (let hours = 1; hours < 20; hours += 1) {
      clock.setWallClock(Date.UTC(2026, 0, 1, hours % 2 === 0 ? hours : -hours));
      await clock.advance(20_000);
      expect([first.leads(), second.leads()]).toEqual([true, false]);
    }
    expect(second.story.filter((text) => text.startsWith("standby"))).toHaveLength(1);
  });

  it("becomes the leader one wait after the other has released the lease", async () => {
    const api = server();
    const clock = new ManualClock();
    const [first, second] = [candidate(api, "first", clock), candidate(api, "second", clock)];
    await clock.advance(5_000);
    first.stop.abort();
    expect(await first.run).toBe("ended");
    expect(api.lease?.spec).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
    await clock.advance(4_400);
    expect(second.leads()).toBe(true);
  });

  it("is one of many, of which never two lead at the same time", async () => {
    const api = server();
    const clock = new ManualClock();
    const all = ["a", "b", "c", "d"].map((name) => candidate(api, name, clock));
    for (let round = 0; round < all.length; round += 1) {
      await clock.advance(30_000);
      const leaders = all.filter(({ leads }) => leads());
      expect(leaders).toHaveLength(1);
      leaders[0]?.stop.abort();
      await leaders[0]?.run;
    }
  });

  it("keeps trying while the API server is away, and logs it once", async () => {
    const api = server();
    api.fault = async () => Promise.reject(new ConnectionError("GET", "ECONNREFUSED"));
    const one = candidate(api, "one");
    await one.clock.advance(600_000);
    expect(one.story).toEqual(["0", "the lease could not be read or written: trying again"]);
    api.fault = undefined;
    await one.clock.advance(4_400);
    expect(one.leads()).toBe(true);
  });

  it("ends at once when its signal aborts, and does not release a lease that it does not hold", async () => {
    const api = server();
    api.put({ holderIdentity: "other", leaseDurationSeconds: 15 });
    const one = candidate(api, "one");
    await one.clock.advance(1_000);
    one.stop.abort();
    expect(await one.run).toBe("ended");
    expect(one.clock.pendingTimers).toBe(0);
    expect(api.lease?.spec?.holderIdentity).toBe("other");
  });
});

describe("a leader", () => {
  it("has lost the lease when another holds it", async () => {
    const api = server();
    const one = candidate(api, "one");
    await one.clock.advance(5_000);
    api.put({ holderIdentity: "thief", leaseDurationSeconds: 15 });
    await one.clock.advance(2_000);
    expect(await one.run).toBe("the lease operator is lost: thief holds it now");
    expect(one.leads()).toBe(false);
    expect(api.lease?.spec?.holderIdentity).toBe("thief");
  });

  it.each<[string, () => Promise<never>]>([
    ["is away", () => Promise.reject(new ConnectionError("PUT", "ECONNREFUSED"))],
    ["refuses", () => Promise.reject(refusal("PUT", 503, "ServiceUnavailable"))],
    ["does not answer", () => new Promise(() => {})],
  ])("has lost it after 10 s in which the API server %s, before another may take it", async (_, fault) => {
    const api = server();
    const one = candidate(api, "one");
    await one.clock.advance(0);
    // As the client does: a request ends with its signal.
    const client = api.update.bind(api);
    api.update = async <T>(path: string, body: unknown, options?: { signal: AbortSignal }) => {
      const aborted = new Promise<never>((_resolve, reject) =>
        options?.signal.addEventListener("abort", () => reject(options.signal.reason)),
      );
      return await Promise.race([client<T>(path, body), aborted]);
    };
    api.fault = fault;
    await one.clock.advance(9_999);
    expect(one.leads()).toBe(true);
    await one.clock.advance(1);
    expect(await one.run).toBe("the lease operator is lost: it could not be renewed for 10 s");
  });

  it.each<[string, (api: LeaseServer) => void]>([
    [
      "fails for a moment",
      (api) => (api.fault = async () => Promise.reject(new ConnectionError("PUT", "TIMEOUT"))),
    ],
    ["has lost the lease, as somebody deleted it", (api) => (api.lease = undefined)],
    ["shows a lease that somebody labelled", (api) => api.put(api.lease?.spec)],
  ])("stays the leader when the API server %s", async (_, happen) => {
    const api = server();
    const one = candidate(api, "one");
    await one.clock.advance(3_000);
    happen(api);
    await one.clock.advance(5_000);
    api.fault = undefined;
    await one.clock.advance(60_000);
    expect(one.leads()).toBe(true);
    expect(api.lease?.spec).toMatchObject({ holderIdentity: "one", leaseTransitions: 0 });
  });

  it("ends also when the lease cannot be released", async () => {
    const api = server();
    const one = candidate(api, "one");
    await one.clock.advance(0);
    api.fault = async () => Promise.reject(new ConnectionError("PUT", "ECONNREFUSED"));
    one.stop.abort();
    expect(await one.run).toBe("ended");
    expect(one.story.at(-1)).toBe("could not release the lease: others wait until it expires");
  });
});

it("keeps the fields of others on the lease", async () => {
  const api = server();
  api.put({});
  const labelled = { ...api.lease, metadata: { ...api.lease?.metadata, labels: { team: "a" } } } as Lease;
  const bodies: unknown[] = [];
  const update = async (_path: string, body: unknown) => bodies.push(body);
  const lock = new LeaseLock({ client: { update } as never, namespace: "home", name: "operator" });
  await lock.write({}, labelled, new AbortController().signal);
  expect(bodies).toEqual([expect.objectContaining({ metadata: labelled.metadata })]);
});

describe("a lock whose holder runs in a pod", () => {
  const owner = { apiVersion: "v1", kind: "Pod", name: "operator-1", uid: "u1" };
  const before = { metadata: { name: "operator", namespace: "home", ownerReferences: [{ uid: "u0" }] } };

  it("makes the pod the only owner of the lease, so that the lease goes with it", async () => {
    const bodies: unknown[] = [];
    const update = async (_path: string, body: unknown) => bodies.push(body);
    const lock = new LeaseLock({ client: { update } as never, namespace: "home", name: "operator", owner });
    await lock.write({}, undefined, new AbortController().signal);
    await lock.write({}, before, new AbortController().signal);
    expect(bodies).toMatchObject(Array(2).fill({ metadata: { name: "operator", ownerReferences: [owner] } }));
  });

  it("goes without an owner if it may not set one", async () => {
    const owners: unknown[] = [];
    const update = async (path: string, { metadata }: { metadata: { ownerReferences?: unknown } }) => {
      owners.push(metadata.ownerReferences);
      return metadata.ownerReferences === undefined ? {} : Promise.reject(refusal(path, 403, "Forbidden"));
    };
    const lock = new LeaseLock({ client: { update } as never, namespace: "home", name: "operator", owner });
    for (let i = 0; i < 2; i++) await lock.write({}, undefined, new AbortController().signal);
    expect(owners).toEqual([[owner], undefined, undefined]);
  });
});

it("asks for its lease by name", async () => {
  const paths: string[] = [];
  const get = async (path: string) =>
    Promise.reject(refusal(paths[paths.push(path) - 1] ?? "", 404, "NotFound"));
  const lock = new LeaseLock({ client: { get } as never, namespace: "home", name: "operator" });
  expect(await lock.read(new AbortController().signal)).toBeUndefined();
  expect(paths).toEqual([PATH]);
});

it.each([
  [0, "1970-01-01T00:00:00.000000Z"],
  [1_767_225_600_123, "2026-01-01T00:00:00.123000Z"],
])("writes %d ms as the MicroTime %s", (time, text) => {
  expect(microTime(time)).toBe(text);
});
