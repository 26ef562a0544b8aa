import { inspect } from "node:util";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { ConnectionError } from "@rotated-secrets/kube-runtime/client/api-error";
import { delay } from "@rotated-secrets/kube-runtime/time/deadline";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import type { ServiceAccountIdentity } from "../../api/aws-identity.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { ServiceAccountReading, TokenOutcome } from "../../ports/service-accounts.ts";
import type { Answer } from "../calls/answer.ts";
import type { AssumeRoleRequest, AwsSession } from "../calls/sessions.ts";
import { ServiceAccountSessions } from "./service-account-sessions.ts";

const never = new AbortController().signal;
const ROLE = "arn:aws:iam::111122223333:role/payments";
const REGION = "eu-west-1";
const HOUR = 3_600_000;
const APP: ServiceAccountIdentity = {
  kind: "ServiceAccount",
  namespace: "payments",
  name: "app",
  roleArn: undefined,
};

let clock: ManualClock;
let sessions: ServiceAccountSessions;
/** The requests, in order. */
let asked: string[];
let reading: ServiceAccountReading;
let token: () => Promise<TokenOutcome>;
let allowed: (namespace: string, roleArn: string | undefined) => boolean;
let problem: AwsProblem | undefined;
let latencyMs: number;

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  reading = { kind: "present", uid: "uid-1", roleArn: ROLE };
  token = () => Promise.resolve({ kind: "token", token: new SecretValue("planted-token") });
  allowed = () => true;
  problem = undefined;
  latencyMs = 0;
  sessions = new ServiceAccountSessions({
    clock,
    random: () => 0,
    accounts: {
      recent: ({ namespace, name }) => {
        asked.push(`account ${namespace}/${name}`);
        return Promise.resolve(reading);
      },
      token: ({ namespace, name }) => {
        asked.push(`token ${namespace}/${name}`);
        return token();
      },
    },
    mayAssume: (namespace, roleArn) => allowed(namespace, roleArn),
    assumeRole,
  });
});

async function assumeRole(
  { roleArn, region, sessionName }: AssumeRoleRequest,
  signal: AbortSignal,
): Promise<Answer<AwsSession>> {
  asked.push(`role ${roleArn} ${region} ${sessionName}`);
  if (latencyMs > 0) await delay(clock, latencyMs, signal);
  if (problem !== undefined) return { kind: "problem", problem };
  const number = asked.filter((call) => call.startsWith("role")).length;
  const planted = new SecretValue("planted");
  return {
    kind: "answer",
    value: {
      accessKeyId: `ASIA${number}`,
      secretAccessKey: planted,
      sessionToken: planted,
      accountId: "111122223333",
      expiresAt: clock.now() + HOUR,
    },
  };
}

async function keyOf(identity = APP, region = REGION): Promise<string> {
  const answer = await sessions.of(identity, region, never);
  return answer.kind === "problem"
    ? `${answer.problem.operation} ${answer.problem.code} ${answer.problem.kind}`
    : answer.value.accessKeyId;
}

const roles = () => asked.filter((call) => call.startsWith("role")).length;
const throttled: AwsProblem = {
  kind: "unavailable",
  operation: "AssumeRoleWithWebIdentity",
  code: "Throttling",
};
const refused: AwsProblem = { kind: "denied", operation: "AssumeRoleWithWebIdentity", code: "AccessDenied" };

describe("a session", () => {
  it("is begun by policy, ServiceAccount, token and role, in this order", async () => {
    expect(await keyOf()).toBe("ASIA1");
    expect(asked).toEqual([
      "account payments/app",
      "token payments/app",
      `role ${ROLE} eu-west-1 rotated-secrets@payments.app`,
    ]);
  });

  it("is begun once where many ask together, and held", async () => {
    latencyMs = 100;
    const keys = Array.from({ length: 50 }, () => keyOf());
    await clock.advance(100);
    expect(new Set(await Promise.all(keys))).toEqual(new Set(["ASIA1"]));
    expect(await keyOf()).toBe("ASIA1");
    expect(roles()).toBe(1);
  });

  it("goes on for the others when one who asked gives up", async () => {
    latencyMs = 100;
    const giveUp = new AbortController();
    const mine = sessions.of(APP, REGION, giveUp.signal);
    const other = keyOf();
    await clock.advance(1);
    giveUp.abort(new Error("given up"));
    await expect(mine).rejects.toThrow("given up");
    await clock.advance(100);
    expect(await other).toBe("ASIA1");
  });

  it.each<[string, ServiceAccountIdentity, string, () => void]>([
    ["namespace", { ...APP, namespace: "orders" }, REGION, () => {}],
    ["ServiceAccount", { ...APP, name: "other" }, REGION, () => {}],
    ["role", { ...APP, roleArn: `${ROLE}-2` }, REGION, () => {}],
    ["region", APP, "us-east-1", () => {}],
    [
      "ServiceAccount that replaced one of the same name",
      APP,
      REGION,
      () => (reading = { kind: "present", uid: "2", roleArn: ROLE }),
    ],
    [
      "role in the annotation",
      APP,
      REGION,
      () => (reading = { kind: "present", uid: "uid-1", roleArn: `${ROLE}-2` }),
    ],
  ])("is not that of another %s", async (_, identity, region, change) => {
    await keyOf();
    change();
    expect(await keyOf(identity, region)).toBe("ASIA2");
  });

  it("is renewed ahead of its end", async () => {
    await keyOf();
    await clock.advance(0.69 * HOUR);
    expect(await keyOf()).toBe("ASIA1");
    await clock.advance(0.02 * HOUR);
    expect(await keyOf()).toBe("ASIA2");
  });

  it("that still holds will do while AWS is away, to its last minute", async () => {
    await keyOf();
    await clock.advance(0.75 * HOUR);
    problem = throttled;
    expect(await keyOf()).toBe("ASIA1");
    expect(await keyOf()).toBe("ASIA1");
    expect(roles()).toBe(2);
    await clock.advance(0.24 * HOUR);
    expect(await keyOf()).toBe("AssumeRoleWithWebIdentity Throttling unavailable");
  });

  it("ends when its renewal is refused", async () => {
    await keyOf();
    await clock.advance(0.75 * HOUR);
    problem = refused;
    expect(await keyOf()).toBe("AssumeRoleWithWebIdentity AccessDenied denied");
  });

  it("does not show its keys when it is printed", async () => {
    const answer = await sessions.of(APP, REGION, never);
    expect(`${JSON.stringify(answer)} ${inspect(answer, { depth: 9 })}`).not.toContain("planted");
  });

  it("that AWS does not accept any more is replaced", async () => {
    const answer = await sessions.of(APP, REGION, never);
    if (answer.kind === "answer") sessions.drop(answer.value);
    expect(await keyOf()).toBe("ASIA2");
  });

  it("is not used from the moment on that no policy allows it", async () => {
    await keyOf();
    allowed = () => false;
    expect(await keyOf()).toBe("SecretAccessPolicy NotAllowed denied");
  });
});

describe("no session", () => {
  it("and nothing asked of anybody, where no policy allows one", async () => {
    allowed = () => false;
    expect(await keyOf()).toBe("SecretAccessPolicy NotAllowed denied");
    expect(asked).toEqual([]);
  });

  it("and no token, where no policy allows the role that the ServiceAccount names", async () => {
    allowed = (_, roleArn) => roleArn !== ROLE;
    expect(await keyOf()).toBe("SecretAccessPolicy NotAllowed denied");
    expect(asked).toEqual(["account payments/app"]);
  });

  it.each<[string, ServiceAccountReading, string]>([
    ["no ServiceAccount", { kind: "absent" }, "GetServiceAccount NotFound denied"],
    ["one that may not be read", { kind: "refused", why: "no" }, "GetServiceAccount Forbidden denied"],
    ["one without a role", { kind: "present", uid: "uid-1" }, "GetServiceAccount NoRoleArn denied"],
  ])("and no token, where there is %s", async (_, seen, expected) => {
    reading = seen;
    expect(await keyOf()).toBe(expected);
    expect(asked).toEqual(["account payments/app"]);
  });

  it.each<[string, () => Promise<TokenOutcome>, string]>([
    ["forbidden", () => Promise.resolve({ kind: "refused" }), "TokenRequest Forbidden denied"],
    ["of an account that is gone", () => Promise.resolve({ kind: "absent" }), "TokenRequest NotFound denied"],
    [
      "not answered",
      () => Promise.reject(new ConnectionError("POST /token", "TIMEOUT")),
      "TokenRequest TIMEOUT unavailable",
    ],
  ])("where a token is %s", async (_, outcome, expected) => {
    token = outcome;
    expect(await keyOf()).toBe(expected);
    expect(roles()).toBe(0);
  });

  it("where the ServiceAccount's annotation is not the ARN of a role", async () => {
    reading = { kind: "present", uid: "uid-1", roleArn: "x".repeat(200_000) };
    expect(await keyOf()).toBe("GetServiceAccount NoRoleArn denied");
  });

  it("for the moment, where a namespace names more roles than it can have use for; others are not kept waiting", async () => {
    const keys: string[] = [];
    for (let i = 0; i < 100; i += 1) keys.push(await keyOf({ ...APP, roleArn: `${ROLE}-${i}` }));
    expect(roles()).toBe(30);
    expect(keys.at(-1)).toBe("TokenRequest TooManyIdentities unavailable");
    expect(await keyOf({ ...APP, namespace: "orders" })).toBe("ASIA31");
    await clock.advance(15_000);
    expect(await keyOf({ ...APP, roleArn: `${ROLE}-99` })).toBe("ASIA32");
  });

  it("where AWS takes too long", async () => {
    latencyMs = 60_000;
    const key = keyOf();
    await clock.advance(20_000);
    expect(await key).toBe("AssumeRoleWithWebIdentity DeadlineExceeded unavailable");
  });

  it("is asked for again soon after a refusal, not by each who asks", async () => {
    problem = refused;
    for (let asking = 0; asking < 20; asking += 1) await keyOf();
    expect(roles()).toBe(1);
    problem = undefined;
    await clock.advance(15_000);
    expect(await keyOf()).toBe("ASIA2");
  });
});
