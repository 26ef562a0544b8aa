import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SecretSource } from "../../ports/secret-catalogue.ts";
import {
  arnOf,
  REGION,
  SCOPE,
  ScriptedSecretsManager,
  secret,
  seededRandom,
  version,
} from "../testing/secrets-manager.fixture.ts";
import { AwsSecretCatalogue } from "./catalogue.ts";

const MINUTE = 60_000;
const never = new AbortController().signal;
const source = (secretId: string): SecretSource => ({ secretId, ...SCOPE });
const names = (count: number) => Array.from({ length: count }, (_, i) => `db-${i}`);

let clock: ManualClock;
let aws: ScriptedSecretsManager;
let catalogue: AwsSecretCatalogue;
let changes: string[];

beforeEach(() => {
  clock = new ManualClock();
  aws = new ScriptedSecretsManager(clock);
  catalogue = new AwsSecretCatalogue({ api: aws, clock, random: seededRandom() });
  changes = [];
  catalogue.onChange(({ secretId }) => changes.push(secretId));
});

afterEach(() => {
  catalogue.stop();
  expect(clock.pendingTimers).toBe(0);
});

function account(size: number): void {
  aws.put(...names(size).map((name) => secret(name, 1)));
}

function follow(...ids: readonly string[]): void {
  for (const id of ids) catalogue.follow(source(id));
}

const current = (id: string) => [...(catalogue.cached(source(id))?.secret?.stages ?? [])][0]?.[0];
const problem = (id: string) => catalogue.cached(source(id))?.problem?.kind;
const timesOf = (id: string) =>
  aws.calls
    .filter(({ operation, ids }) => operation === "DescribeSecret" && ids[0] === id)
    .map(({ at }) => at);

describe("the first reading", () => {
  it("of many secrets is one list pass and no description", async () => {
    account(250);
    follow(...names(250));
    await clock.advance(100);
    expect(aws.count("ListSecrets")).toBe(3);
    expect(aws.count("DescribeSecret")).toBe(0);
    expect(names(250).every((name) => current(name) === version(1))).toBe(true);
    expect(changes.toSorted()).toEqual(names(250).toSorted());
  });

  it("of a few secrets in a large account is their description, and later readings are too", async () => {
    account(1_000);
    follow("db-1", "db-2", "db-3");
    await clock.advance(10 * MINUTE);
    expect(aws.count("ListSecrets")).toBe(0);
    expect(aws.count("DescribeSecret")).toBeGreaterThanOrEqual(3 * 10);
    expect(aws.count("DescribeSecret")).toBeLessThanOrEqual(3 * 13);
  });

  it("stops listing where a list has more pages than there are secrets", async () => {
    account(2_000);
    follow(...names(1_500).filter((_, i) => i % 100 === 99));
    await clock.advance(100);
    expect(aws.count("ListSecrets")).toBe(15);
    await clock.advance(10 * MINUTE);
    expect(aws.count("ListSecrets")).toBe(15);
  });

  it("waits for a burst that comes in pieces", async () => {
    account(250);
    for (const name of names(250)) {
      follow(name);
      await clock.advance(1);
    }
    await clock.advance(100);
    expect(aws.count("ListSecrets")).toBe(3);
    expect(aws.count("DescribeSecret")).toBe(0);
  });

  it("describes what the list did not show", async () => {
    account(20);
    const other = `arn:aws:secretsmanager:${REGION}:444455556666:secret:theirs-AbCdEf`;
    aws.put({ ...secret("theirs", 4), arn: arnOf("theirs") });
    aws.listed = names(20).map((name) => secret(name, 1));
    follow(...names(20), "theirs", other, arnOf("db-1"), arnOf("db-2").slice(0, -7));
    await clock.advance(100);
    expect(aws.count("ListSecrets")).toBe(1);
    expect(aws.calls.flatMap(({ operation, ids }) => (operation === "DescribeSecret" ? ids : []))).toEqual([
      "theirs",
      other,
      arnOf("db-2").slice(0, -7),
    ]);
    expect(current("theirs")).toBe(version(4));
    expect(problem(other)).toBe("notFound");
    expect(catalogue.cached(source(arnOf("db-1")))?.secret?.name).toBe("db-1");
  });

  it("of secrets that come during the first list pass is another decision", async () => {
    account(2_000);
    aws.latencyMs = 100;
    follow(...names(1_990).slice(1_000));
    await clock.advance(500);
    follow(...names(5));
    await clock.advance(5_000);
    expect(names(5).every((name) => current(name) === version(1))).toBe(true);
    expect(aws.count("ListSecrets")).toBe(20);
    expect(aws.count("DescribeSecret")).toBeLessThan(5 + 30);
  });

  it("of a secret that came later is its description", async () => {
    account(50);
    follow(...names(30));
    await clock.advance(1_000);
    follow("db-40");
    await clock.advance(100);
    expect(aws.count("ListSecrets")).toBe(1);
    expect(timesOf("db-40")).toHaveLength(1);
  });
});

it("a list pass of a minute causes no descriptions meanwhile", async () => {
  account(6_000);
  aws.latencyMs = 2_000;
  follow(...names(6_000));
  await clock.advance(MINUTE);
  expect(aws.count("ListSecrets")).toBe(30);
  expect(aws.count("DescribeSecret")).toBe(0);
});

it("a list that never ends keeps no secret from being described", async () => {
  account(40);
  aws.listSecrets = () => new Promise(() => {});
  follow(...names(40));
  await clock.advance(5 * MINUTE);
  expect(aws.count("DescribeSecret")).toBe(0);
  await clock.advance(5.1 * MINUTE);
  expect(names(40).every((name) => current(name) === version(1))).toBe(true);
});

it("a secret that is followed while AWS is away has that problem, and it is reported", async () => {
  account(2);
  aws.problems.set("DescribeSecret", "unavailable");
  follow("db-0");
  await clock.advance(10_000);
  follow("db-1");
  await clock.advance(0);
  expect(problem("db-1")).toBe("unavailable");
  expect(changes).toEqual(["db-0", "db-1"]);
});

describe("in the long run", () => {
  it("describes each secret about every five minutes, spread over them, and lists every minute", async () => {
    account(300);
    follow(...names(300));
    await clock.advance(MINUTE / 2);
    const before = aws.calls.length;
    await clock.advance(10 * MINUTE);
    const later = aws.calls.slice(before);
    const lists = later.filter(({ operation }) => operation === "ListSecrets");
    expect(lists.length / 3).toBeGreaterThanOrEqual(9);
    expect(lists.length / 3).toBeLessThanOrEqual(11);
    const perMinute = Map.groupBy(
      later.filter(({ operation }) => operation === "DescribeSecret"),
      ({ at }) => Math.floor(at / MINUTE),
    );
    for (let minute = 1; minute < 10; minute += 1) {
      expect(perMinute.get(minute)?.length).toBeGreaterThan(30);
      expect(perMinute.get(minute)?.length).toBeLessThan(95);
    }
    expect(changes).toHaveLength(300);
  });

  it("reads nothing more of a secret that is no longer followed", async () => {
    account(3);
    follow("db-0", "db-1");
    await clock.advance(MINUTE);
    catalogue.expectChange(source("db-0"), clock.now() + 10 * MINUTE);
    catalogue.unfollow(source("db-0"));
    const before = timesOf("db-0").length;
    await clock.advance(10 * MINUTE);
    expect(timesOf("db-0")).toHaveLength(before);
    expect(timesOf("db-1").length).toBeGreaterThan(8);
    expect(catalogue.cached(source("db-0"))).toBeUndefined();
    catalogue.unfollow(source("db-1"));
    expect(clock.pendingTimers).toBe(0);
  });

  it("ends a list pass when no secret is followed any more, and sets no timer after it", async () => {
    account(2_000);
    aws.latencyMs = 10;
    follow(...names(50));
    await clock.advance(70);
    for (const name of names(50)) catalogue.unfollow(source(name));
    await clock.advance(10 * MINUTE);
    expect(aws.count("ListSecrets")).toBeLessThan(5);
    expect(clock.pendingTimers).toBe(0);
  });

  it("sees a change that only a list shows, and believes the description that follows", async () => {
    account(50);
    follow(...names(50));
    await clock.advance(1_000);
    changes = [];
    aws.put(secret("db-7", 2, 1));
    await clock.advance(1.1 * MINUTE);
    expect(current("db-7")).toBe(version(2));
    expect(changes).toEqual(["db-7"]);
  });
});

it("a change is not reported to a subscription that has ended", async () => {
  account(1);
  const end = catalogue.onChange(() => changes.push("ended"));
  end();
  follow("db-0");
  await clock.advance(100);
  expect(changes).toEqual(["db-0"]);
});

describe("a list that lags", () => {
  beforeEach(async () => {
    account(50);
    follow(...names(50));
    await clock.advance(1_000);
    aws.listed = [...aws.secrets.values()];
    aws.put(secret("db-7", 2, 1));
    await catalogue.refresh(source("db-7"), never);
  });

  it("undoes nothing and costs nothing", async () => {
    const before = timesOf("db-7").length;
    await clock.advance(4 * MINUTE);
    expect(current("db-7")).toBe(version(2));
    expect(timesOf("db-7").length - before).toBeLessThanOrEqual(1);
  });

  it("that shows the old version for longer causes descriptions, which decide", async () => {
    const before = timesOf("db-7").length;
    await clock.advance(10 * MINUTE);
    expect(current("db-7")).toBe(version(2));
    expect(timesOf("db-7").length - before).toBeGreaterThan(4);
  });
});

describe("problems", () => {
  it.each(["denied", "unavailable"] as const)("lists that are %s do no harm", async (kind) => {
    account(40);
    aws.problems.set("ListSecrets", kind);
    follow(...names(40));
    await clock.advance(1_000);
    expect(names(40).every((name) => current(name) === version(1) && problem(name) === undefined)).toBe(true);
    await clock.advance(9 * MINUTE);
    expect(aws.count("ListSecrets")).toBeLessThan(kind === "denied" ? 2 : 12);
    aws.put(secret("db-3", 2, 1));
    await clock.advance(kind === "denied" ? 1.1 * MINUTE : 5.5 * MINUTE);
    expect(current("db-3")).toBe(version(2));
  });

  it("tries denied lists again after a while", async () => {
    account(40);
    aws.problems.set("ListSecrets", "denied");
    follow(...names(40));
    await clock.advance(5 * MINUTE);
    aws.problems.clear();
    await clock.advance(8 * MINUTE);
    expect(aws.count("ListSecrets")).toBeGreaterThan(1);
  });

  it.each(["denied", "notFound", "unavailable"] as const)(
    "a secret that is %s keeps its last facts and is reported once",
    async (kind) => {
      account(2);
      follow("db-0", "db-1");
      await clock.advance(1_000);
      changes = [];
      aws.problems.set("DescribeSecret db-0", kind);
      await clock.advance(5 * MINUTE);
      expect(problem("db-0")).toBe(kind);
      expect(current("db-0")).toBe(version(1));
      expect(problem("db-1")).toBeUndefined();
      expect(changes).toEqual(["db-0"]);
      aws.problems.clear();
      await clock.advance(2 * MINUTE);
      expect(problem("db-0")).toBeUndefined();
      expect(changes).toEqual(["db-0", "db-0"]);
    },
  );

  it("AWS away is reported of all secrets soon, with few calls, and ends when AWS is back", async () => {
    account(300);
    follow(...names(300));
    await clock.advance(MINUTE);
    changes = [];
    aws.problems.set("ListSecrets", "unavailable").set("DescribeSecret", "unavailable");
    await clock.advance(MINUTE / 2);
    expect(names(300).every((name) => problem(name) === "unavailable" && current(name) === version(1))).toBe(
      true,
    );
    const before = aws.count("DescribeSecret");
    await clock.advance(10 * MINUTE);
    expect(aws.count("DescribeSecret") - before).toBeLessThan(300);
    aws.problems.clear();
    aws.put(secret("db-9", 2, 1));
    await clock.advance(3 * MINUTE);
    expect(names(300).every((name) => problem(name) === undefined)).toBe(true);
    expect(current("db-9")).toBe(version(2));
  });

  it("AWS away at the start is reported, and the secrets are read when it is back", async () => {
    account(100);
    aws.problems.set("ListSecrets", "unavailable").set("DescribeSecret", "unavailable");
    follow(...names(100));
    await clock.advance(MINUTE / 2);
    expect(names(100).every((name) => problem(name) === "unavailable")).toBe(true);
    expect(aws.count("ListSecrets")).toBe(1);
    aws.problems.clear();
    await clock.advance(3 * MINUTE);
    expect(names(100).every((name) => current(name) === version(1) && problem(name) === undefined)).toBe(
      true,
    );
  });

  it("a secret that is made later is found within a minute or so", async () => {
    account(30);
    follow(...names(30), "later");
    await clock.advance(1_000);
    expect(problem("later")).toBe("notFound");
    aws.put(secret("later", 1));
    await clock.advance(1.5 * MINUTE);
    expect(current("later")).toBe(version(1));
    expect(problem("later")).toBeUndefined();
  });
});

describe("a refresh", () => {
  it("tells from when to when the reads agree", async () => {
    account(1);
    const first = (await catalogue.refresh(source("db-0"), never)).secret?.currentRead;
    expect(first).toEqual({ first: clock.now(), last: clock.now() });
    follow("db-0");
    await clock.advance(100);
    const start = catalogue.cached(source("db-0"))?.secret?.currentRead.first;
    await clock.advance(5_000);
    expect((await catalogue.refresh(source("db-0"), never)).secret?.currentRead).toEqual({
      first: start,
      last: clock.now(),
    });
    aws.put(secret("db-0", 2, 1));
    expect((await catalogue.refresh(source("db-0"), never)).secret?.currentRead).toEqual({
      first: clock.now(),
      last: clock.now(),
    });
  });

  it("is shared by all callers that ask while another one is running, and starts after they asked", async () => {
    account(1);
    follow("db-0");
    await clock.advance(100);
    aws.latencyMs = 40;
    const before = aws.count("DescribeSecret");
    const first = catalogue.refresh(source("db-0"), never);
    await clock.advance(10);
    const others = [1, 2, 3].map(() => catalogue.refresh(source("db-0"), never));
    await clock.advance(30);
    await first;
    aws.put(secret("db-0", 2, 1));
    await clock.advance(40);
    const seen = (await Promise.all(others)).map(({ secret: facts }) => facts?.stages.has(version(2)));
    expect(seen).toEqual([true, true, true]);
    expect(aws.count("DescribeSecret") - before).toBe(2);
  });

  it("ends for a caller that gives up, and goes on for the others", async () => {
    account(1);
    aws.latencyMs = 40;
    follow("db-0");
    const giveUp = new AbortController();
    const [mine, other] = [
      catalogue.refresh(source("db-0"), giveUp.signal),
      catalogue.refresh(source("db-0"), never),
    ];
    giveUp.abort(new Error("given up"));
    await expect(mine).rejects.toThrow("given up");
    await clock.advance(100);
    expect((await other).secret?.name).toBe("db-0");
  });

  it("rejects when the catalogue is stopped", async () => {
    account(1);
    aws.latencyMs = 40;
    const looks = [catalogue.refresh(source("db-0"), never), catalogue.refresh(source("db-0"), never)];
    const results = Promise.allSettled(looks);
    catalogue.stop();
    await clock.advance(100);
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("an expected change", () => {
  beforeEach(async () => {
    account(1);
    follow("db-0");
    await clock.advance(100);
    await catalogue.refresh(source("db-0"), never);
  });

  const seconds = (from: number, times: readonly number[]) =>
    times.filter((at) => at > from).map((at) => (at - from) / 1_000);

  it("causes a refresh after 1 s, and then each time 1.5 times later, up to 15 s", async () => {
    const from = clock.monotonic();
    catalogue.expectChange(source("db-0"), clock.now() + 50_000);
    await clock.advance(50_000);
    const looks = seconds(from, timesOf("db-0"));
    for (const expected of [1, 2.5, 4.75, 8.125, 13.1875, 20.78125, 32.171875, 47.171875]) {
      expect(looks).toContain(expected);
    }
  });

  it("causes no more refreshes once AWSCURRENT has moved", async () => {
    const from = clock.monotonic();
    catalogue.expectChange(source("db-0"), clock.now() + 10 * MINUTE);
    await clock.advance(3_000);
    catalogue.expectChange(source("db-0"), clock.now() + 10 * MINUTE);
    aws.put(secret("db-0", 2, 1));
    await clock.advance(2_000);
    expect(current("db-0")).toBe(version(2));
    expect(seconds(from, timesOf("db-0"))).toEqual([1, 2.5, 4.75]);
    await clock.advance(20_000);
    expect(seconds(from, timesOf("db-0")).length).toBeLessThanOrEqual(4);
  });
});

it("the times of creation come from all pages", async () => {
  const createdAt = await catalogue.versionCreatedAt(arnOf("db-0"), SCOPE, never);
  expect(createdAt).toEqual(new Map([1, 2, 3].map((number) => [version(number), number])));
  aws.problems.set("ListSecretVersionIds", "denied");
  expect(await catalogue.versionCreatedAt(arnOf("db-0"), SCOPE, never)).toMatchObject({
    problem: { kind: "denied" },
  });
});

it("an identity is not shown what another one has read, and each reads for itself", async () => {
  const app = { kind: "ServiceAccount", namespace: "payments", name: "app", roleArn: undefined } as const;
  aws.put(secret("db-0", 1));
  follow("db-0");
  await clock.advance(100);
  const asApp = { ...source("db-0"), identity: app };
  expect(catalogue.cached(asApp)).toBeUndefined();
  catalogue.follow(asApp);
  await clock.advance(100);
  expect(catalogue.cached(asApp)?.secret?.arn).toBe(arnOf("db-0"));
  expect(aws.count("DescribeSecret")).toBe(2);
  catalogue.unfollow(asApp);
  expect(current("db-0")).toBe(version(1));
});
