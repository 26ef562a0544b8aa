import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OPERATOR, type ServiceAccountIdentity } from "../../api/aws-identity.ts";
import { type Answer, answer, failure } from "./answer.ts";
import { AwsCaller, type AwsCallerOptions } from "./aws-caller.ts";
import type { AwsService, ClientSettings } from "./aws-service.ts";
import type { AwsSession } from "./sessions.ts";

const never = new AbortController().signal;
const APP: ServiceAccountIdentity = {
  kind: "ServiceAccount",
  namespace: "shop",
  name: "app",
  roleArn: undefined,
};
const OWN = { region: "eu-west-1", identity: OPERATOR };
const AS_APP = { region: "eu-west-1", identity: APP };

/** A client of the SDK, as far as the caller knows it. */
interface Client {
  readonly settings: ClientSettings;
  readonly config: { readonly credentials: NonNullable<ClientSettings["credentials"]> };
}

let clock: ManualClock;
/** Every client that was made. */
let clients: Client[];
let observed: string[];
let caller: AwsCaller<Client, "Read" | "Write">;

const service: AwsService<Client, "Read" | "Write"> = {
  connect: async (settings) => {
    const credentials = settings.credentials ?? { accessKeyId: "found", secretAccessKey: "planted" };
    const client = { settings, config: { credentials } };
    clients.push(client);
    return client;
  },
  operations: {
    Read: { limit: { perSecond: 1_000, burst: 1_000 }, attempts: "retried" },
    Write: { limit: { perSecond: 1, burst: 1 }, attempts: "once", sentences: { busy: /is busy/ } },
  },
};

function session(accessKeyId: string, accountId = "111122223333"): AwsSession {
  const planted = new SecretValue("planted");
  return { accessKeyId, accountId, secretAccessKey: planted, sessionToken: planted, expiresAt: 0 };
}

function make(options: Partial<AwsCallerOptions> = {}) {
  return new AwsCaller(service, {
    clock,
    version: "1.2.3",
    observe: (...call) => observed.push(call.join(" ")),
    ...options,
  });
}

beforeEach(() => {
  clock = new ManualClock();
  clients = [];
  observed = [];
  caller = make();
});

afterEach(() => {
  caller.close();
  expect(clock.pendingTimers).toBe(0);
});

const read = (scope = OWN, signal = never) => caller.call("Read", scope, signal, async () => answer("read"));

function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}

/** Work that ends when the test says so, or fails when its signal aborts. */
function pending(scope = OWN, signal = never) {
  const work = Promise.withResolvers<Answer<string>>();
  const call = caller.call("Read", scope, signal, (_, { abortSignal }) => {
    abortSignal.addEventListener("abort", () => work.reject(new Error("aborted by its signal")));
    return work.promise;
  });
  return { call, end: () => work.resolve(answer("ended")) };
}

describe("clients", () => {
  it("retry what may be repeated, and never what may not; both sign with keys that are found once", async () => {
    await read();
    await caller.call("Write", OWN, never, async () => answer("written"));
    await read();
    expect(clients.map(({ settings }) => settings.maxAttempts)).toEqual([3, 1]);
    expect(clients[0]?.settings.credentials).toBeUndefined();
    expect(clients[1]?.settings.credentials).toBe(clients[0]?.config.credentials);
    expect(clients[0]?.settings).toMatchObject({
      region: "eu-west-1",
      customUserAgent: [["rotated-secrets", "1.2.3"]],
    });
  });

  it("are made for each session, and share the sockets of its account and region", async () => {
    const sessions = [session("A"), session("B"), session("C", "444455556666")];
    caller = make({
      sessions: { of: async (_, region) => answer(sessions[Number(region)] ?? session("D")), drop: () => {} },
    });
    const used = async (region: string) => {
      const before = clients.length;
      await read({ ...AS_APP, region });
      return clients.length - before;
    };
    expect([await used("0"), await used("0"), await used("1"), await used("2")]).toEqual([1, 0, 1, 1]);
    expect(
      clients.map(({ config }) => "accessKeyId" in config.credentials && config.credentials.accessKeyId),
    ).toEqual(["A", "B", "C"]);
  });

  it("keep the sockets of at most 256 regions and accounts", async () => {
    for (let region = 0; region < 256; region += 1) await read({ ...OWN, region: `r-${region}` });
    await read({ ...OWN, region: "r-0" });
    await read({ ...OWN, region: "r-256" });
    expect(clients).toHaveLength(257);
    await read({ ...OWN, region: "r-0" });
    expect(clients).toHaveLength(257);
    await read({ ...OWN, region: "r-1" });
    expect(clients).toHaveLength(258);
  });
});

describe("a call", () => {
  it("is reported when it ends, with its code and its time", async () => {
    const { call, end } = pending();
    await clock.advance(30);
    end();
    expect(await call).toEqual(answer("ended"));
    await caller.call("Write", OWN, never, () => Promise.reject(awsError("SlowDown", "planted")));
    expect(observed).toEqual(["Read OK 30", "Write SlowDown 0"]);
  });

  it("fails by the code of AWS, and by the sentences that its operation knows", async () => {
    const busy = () =>
      caller.call("Write", OWN, never, () => Promise.reject(awsError("InvalidRequest", "db is busy")));
    expect(await busy()).toEqual({
      kind: "problem",
      problem: { kind: "invalid", operation: "Write", code: "InvalidRequest" },
      sentence: "busy",
    });
  });

  it("is given up after its deadline", async () => {
    const { call } = pending();
    await clock.advance(19_999);
    expect(observed).toEqual([]);
    await clock.advance(1);
    expect(await call).toMatchObject({ problem: { kind: "unavailable", code: "DeadlineExceeded" } });
  });

  it("throws the reason of its signal, and nothing else", async () => {
    const giveUp = new AbortController();
    const { call } = pending(OWN, giveUp.signal);
    await clock.advance(1);
    giveUp.abort(new Error("given up"));
    await expect(call).rejects.toThrow("given up");
    await expect(read(OWN, giveUp.signal)).rejects.toThrow("given up");
    expect(await caller.call("Read", OWN, never, () => Promise.reject("thrown text"))).toMatchObject({
      problem: { code: "UnknownError" },
    });
  });

  it("waits for the rate limit of its operation, in its region", async () => {
    const write = (region: string) =>
      caller.call("Write", { ...OWN, region }, never, async () => answer(region));
    const calls = ["a", "a", "b"].map(write);
    await clock.advance(0);
    expect(observed).toHaveLength(2);
    await clock.advance(1_000);
    expect(observed).toHaveLength(3);
    await Promise.all(calls);
  });

  it("waits for one of 32 slots, and leaves it when it ends", async () => {
    const running = Array.from({ length: 32 }, () => pending());
    const next = read();
    await clock.advance(1_000);
    expect(observed).toHaveLength(0);
    running[7]?.end();
    expect(await next).toEqual(answer("read"));
    for (const { end } of running) end();
    await Promise.all(running.map(({ call }) => call));
  });
});

describe("a call in the name of a ServiceAccount", () => {
  it("is denied without sessions, and sends nothing", async () => {
    expect(await read(AS_APP)).toMatchObject({
      problem: { kind: "denied", operation: "SecretAccessPolicy" },
    });
    expect([clients, observed]).toEqual([[], []]);
  });

  it("fails by the problem of its session", async () => {
    const problem = failure({ kind: "denied", operation: "TokenRequest", code: "Forbidden" });
    caller = make({ sessions: { of: async () => problem, drop: () => {} } });
    expect(await read(AS_APP)).toEqual(problem);
  });

  it.each([
    ["ExpiredTokenException", 1],
    ["UnrecognizedClientException", 1],
    ["InvalidClientTokenId", 1],
    ["AccessDeniedException", 0],
  ])("that ends by %s drops its session %i times", async (code, times) => {
    const dropped: AwsSession[] = [];
    const held = session("A");
    caller = make({ sessions: { of: async () => answer(held), drop: (each) => dropped.push(each) } });
    await caller.call("Read", AS_APP, never, () => Promise.reject(awsError(code, "planted")));
    expect(dropped).toEqual(Array.from({ length: times }, () => held));
  });
});
