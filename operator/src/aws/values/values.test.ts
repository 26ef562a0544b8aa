import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AwsIdentity, OPERATOR } from "../../api/aws-identity.ts";
import type { ValueReading } from "../../ports/secret-values.ts";
import {
  arnOf,
  REGION,
  SCOPE,
  ScriptedSecretsManager,
  secret,
  version,
} from "../testing/secrets-manager.fixture.ts";
import { ValueCache } from "./value-cache.ts";
import { AwsSecretValues } from "./values.ts";

const never = new AbortController().signal;
const names = (count: number) => Array.from({ length: count }, (_, i) => `db-${i}`);

let clock: ManualClock;
let aws: ScriptedSecretsManager;
let values: AwsSecretValues;

beforeEach(() => {
  clock = new ManualClock();
  aws = new ScriptedSecretsManager(clock);
  aws.put(...names(100).map((name, i) => secret(name, i + 1)));
  values = new AwsSecretValues({ api: aws, clock });
});

afterEach(() => {
  values.stop();
  expect(clock.pendingTimers).toBe(0);
});

async function read(...of: readonly string[]): Promise<readonly ValueReading[]> {
  const readings = Promise.all(of.map((name) => values.current(arnOf(name), SCOPE, never)));
  await clock.advance(300);
  return readings;
}

const shown = (reading: ValueReading | undefined) =>
  reading?.kind === "value" ? reading.versionId : reading?.problem.kind;

describe("current values", () => {
  it("are read 20 in a call", async () => {
    const readings = await read(...names(45));
    expect(aws.calls.map(({ operation, ids }) => [operation, ids.length])).toEqual([
      ["BatchGetSecretValue", 20],
      ["BatchGetSecretValue", 20],
      ["BatchGetSecretValue", 5],
    ]);
    expect(readings.map(shown)).toEqual(names(45).map((_, i) => version(i + 1)));
  });

  it("are collected for longer while many are read, so that there are fewer calls", async () => {
    const first = Promise.all(names(20).map((name) => values.current(arnOf(name), SCOPE, never)));
    const others: Promise<ValueReading>[] = [];
    for (const name of names(40).slice(20)) {
      await clock.advance(10);
      others.push(values.current(arnOf(name), SCOPE, never));
    }
    await Promise.all([first, ...others]);
    expect(aws.calls.map(({ ids }) => ids.length)).toEqual([20, 20]);
  });

  it("are read in 4 calls at a time", async () => {
    aws.latencyMs = 100;
    const readings = Promise.all(names(100).map((name) => values.current(arnOf(name), SCOPE, never)));
    await clock.advance(50);
    expect(aws.calls).toHaveLength(4);
    await clock.advance(200);
    expect(aws.calls).toHaveLength(5);
    expect(await readings).toHaveLength(100);
  });

  it("are asked for once where several ask, but not before they asked", async () => {
    aws.latencyMs = 100;
    const first = [1, 2].map(() => values.current(arnOf("db-0"), SCOPE, never));
    await clock.advance(50);
    const later = values.current(arnOf("db-0"), SCOPE, never);
    await clock.advance(200);
    await Promise.all([...first, later]);
    expect(aws.calls.map(({ ids }) => ids.length)).toEqual([1, 1]);
  });

  it("of the other secrets are read when one is refused", async () => {
    aws.batchErrors.set(arnOf("db-1"), "notFound").set(arnOf("db-2"), "unavailable");
    expect((await read("db-0", "db-1", "db-2")).map(shown)).toEqual([version(1), "notFound", "unavailable"]);
    expect(aws.count("GetSecretValue")).toBe(0);
  });

  it.each(["denied", "missing"] as const)("that are %s in a batch are read by stage", async (error) => {
    aws.batchErrors.set(arnOf("db-1"), error);
    expect((await read("db-0", "db-1")).map(shown)).toEqual([version(1), version(2)]);
    expect(aws.count("GetSecretValue")).toBe(1);
  });

  it("are read one by one for ten minutes where batches are denied", async () => {
    aws.problems.set("BatchGetSecretValue", "denied");
    expect((await read("db-0", "db-1")).map(shown)).toEqual([version(1), version(2)]);
    await clock.advance(300_000);
    expect((await read("db-2")).map(shown)).toEqual([version(3)]);
    expect(aws.count("BatchGetSecretValue")).toBe(1);
    aws.problems.clear();
    await clock.advance(600_000);
    await read("db-3");
    expect(aws.count("BatchGetSecretValue")).toBe(2);
  });

  it("are a problem while AWS is away, which is not tried for each", async () => {
    aws.problems.set("BatchGetSecretValue", "unavailable");
    expect((await read("db-0", "db-1")).map(shown)).toEqual(["unavailable", "unavailable"]);
    expect(aws.count("GetSecretValue")).toBe(0);
  });

  it("are read for the others when one caller gives up", async () => {
    const giveUp = new AbortController();
    const mine = values.current(arnOf("db-0"), SCOPE, giveUp.signal);
    const other = values.current(arnOf("db-0"), SCOPE, never);
    giveUp.abort(new Error("given up"));
    await expect(mine).rejects.toThrow("given up");
    await clock.advance(50);
    expect(shown(await other)).toBe(version(1));
  });

  it("reject when reading ends", async () => {
    const reading = Promise.allSettled([values.current(arnOf("db-0"), SCOPE, never)]);
    values.stop();
    expect((await reading)[0]?.status).toBe("rejected");
  });
});

describe("a version that is asked for by its id", () => {
  const pinned = (versionId: number) => values.version(arnOf("db-0"), SCOPE, version(versionId), never);

  it("is read by itself, and held in addition to the current one", async () => {
    aws.put(secret("db-0", 9, 1));
    await read("db-0");
    expect(shown(await pinned(1))).toBe(version(1));
    for (const held of [1, 9])
      expect(values.cached(arnOf("db-0"), SCOPE, version(held))?.versionId).toBe(version(held));
    values.forget(arnOf("db-0"), SCOPE);
    expect(values.cached(arnOf("db-0"), SCOPE, version(1))).toBeUndefined();
  });

  it("is a problem where AWS does not have it", async () => {
    expect(shown(await pinned(7))).toBe("notFound");
    aws.problems.set("GetSecretValue", "denied");
    expect(shown(await pinned(1))).toBe("denied");
  });
});

describe("held values", () => {
  it("are those that were read last, until they are forgotten", async () => {
    await read("db-0");
    expect(values.cached(arnOf("db-0"), SCOPE, version(1))?.value.reveal()).toBe(`value of ${version(1)}`);
    expect(values.cached(arnOf("db-0"), SCOPE, version(9))).toBeUndefined();
    aws.put(secret("db-0", 9, 1));
    await read("db-0");
    expect(values.cached(arnOf("db-0"), SCOPE, version(1))).toBeUndefined();
    expect(values.cached(arnOf("db-0"), SCOPE, version(9))?.versionId).toBe(version(9));
    values.forget(arnOf("db-0"), SCOPE);
    expect(values.cached(arnOf("db-0"), SCOPE, version(9))).toBeUndefined();
  });

  it.each([
    { limits: { bytes: 25, count: 10 }, left: ["db-0", "db-2"] },
    { limits: { bytes: 1_000, count: 2 }, left: ["db-0", "db-2"] },
    { limits: { bytes: 9, count: 10 }, left: [] },
  ])("give way to newer ones, oldest use first: $limits", ({ limits, left }) => {
    const cache = new ValueCache(limits);
    const put = (name: string) =>
      cache.put(
        { identity: OPERATOR, arn: arnOf(name) },
        {
          versionId: version(1),
          createdAt: 0,
          value: new SecretValue(new Uint8Array(10)),
        },
      );
    put("db-0");
    put("db-1");
    cache.get({ identity: OPERATOR, arn: arnOf("db-0") }, version(1));
    put("db-2");
    expect(
      names(3).filter(
        (name) => cache.get({ identity: OPERATOR, arn: arnOf(name) }, version(1)) !== undefined,
      ),
    ).toEqual(left);
  });

  describe("belong to the identity that has read them", () => {
    const app = { kind: "ServiceAccount", namespace: "payments", name: "app", roleArn: undefined } as const;
    const scopeOf = (identity: AwsIdentity) => ({ region: REGION, identity });

    it.each<[string, AwsIdentity]>([
      ["the operator", OPERATOR],
      ["another ServiceAccount", { ...app, name: "other" }],
      ["a ServiceAccount of the same name in another namespace", { ...app, namespace: "orders" }],
      [
        "the same ServiceAccount with a role of the resource's own",
        { ...app, roleArn: "arn:aws:iam::1:role/a" },
      ],
    ])("and not to %s", async (_, other) => {
      const reading = values.current(arnOf("db-0"), scopeOf(app), never);
      await clock.advance(50);
      await reading;
      expect(values.cached(arnOf("db-0"), scopeOf(app), version(1))).toBeDefined();
      expect(values.cached(arnOf("db-0"), scopeOf(other), version(1))).toBeUndefined();
    });

    it("so that two identities that read the same secret are two calls", async () => {
      const readings = [OPERATOR, app].map((identity) =>
        values.current(arnOf("db-0"), scopeOf(identity), never),
      );
      await clock.advance(50);
      await Promise.all(readings);
      expect(aws.count("BatchGetSecretValue")).toBe(2);
    });

    it("until the ServiceAccount changes, and a value that is being read at that time is not held", async () => {
      const first = values.current(arnOf("db-0"), scopeOf(app), never);
      await clock.advance(50);
      await first;
      aws.latencyMs = 100;
      const late = values.current(arnOf("db-1"), scopeOf(app), never);
      await clock.advance(50);
      values.forgetAllOf({ namespace: "payments", name: "app" });
      await clock.advance(100);
      await late;
      for (const name of ["db-0", "db-1"])
        expect(values.cached(arnOf(name), scopeOf(app), version(name === "db-0" ? 1 : 2))).toBeUndefined();
    });

    it("and a change of another ServiceAccount does not keep values that are being read from being held", async () => {
      aws.latencyMs = 100;
      const other = { ...app, name: "other" };
      const readings = [OPERATOR, other, app].map((identity) =>
        values.current(arnOf("db-0"), scopeOf(identity), never),
      );
      const pinned = values.version(arnOf("db-1"), scopeOf(other), version(2), never);
      await clock.advance(50);
      values.forgetAllOf({ namespace: "payments", name: "app" });
      await clock.advance(100);
      await Promise.all([...readings, pinned]);
      const isHeld = [OPERATOR, other, app].map((identity) =>
        values.cached(arnOf("db-0"), scopeOf(identity), version(1)),
      );
      expect(isHeld.map((value) => value !== undefined)).toEqual([true, true, false]);
      expect(values.cached(arnOf("db-1"), scopeOf(other), version(2))).toBeDefined();
    });
  });
});
