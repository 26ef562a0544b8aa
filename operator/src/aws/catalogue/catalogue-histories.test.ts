import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { SecretSource } from "../../ports/secret-catalogue.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";
import { SCOPE, ScriptedSecretsManager, secret, seededRandom } from "../testing/secrets-manager.fixture.ts";
import { AwsSecretCatalogue } from "./catalogue.ts";

const SECRETS = 30;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const never = new AbortController().signal;
const nameOf = (n: number) => `db-${n}`;
const source = (n: number): SecretSource => ({ secretId: nameOf(n), ...SCOPE });

/** Something that happens to the catalogue or to AWS. */
type Step =
  | {
      readonly do: "follow" | "unfollow" | "rotate" | "delete" | "refresh" | "expectChange";
      readonly secret: number;
    }
  | { readonly do: "fail"; readonly operation: string; readonly kind: "denied" | "unavailable" | "notFound" }
  | { readonly do: "answer" }
  | { readonly do: "lag"; readonly lags: boolean }
  | { readonly do: "slow"; readonly latencyMs: number }
  | { readonly do: "wait"; readonly ms: number };

const number = fc.nat(SECRETS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("follow" as const), secret: number }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("unfollow", "rotate", "delete", "refresh", "expectChange"),
      secret: number,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      operation: fc.constantFrom("ListSecrets", "DescribeSecret", `DescribeSecret ${nameOf(3)}`),
      kind: fc.constantFrom("denied", "unavailable", "notFound"),
    }),
  },
  fc.constant({ do: "answer" } as const),
  fc.record({ do: fc.constant("lag" as const), lags: fc.boolean() }),
  fc.record({ do: fc.constant("slow" as const), latencyMs: fc.constantFrom(0, 50, 5 * SECOND) }),
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 60, SECOND, 20 * SECOND, MINUTE, 7 * MINUTE),
    }),
  },
);

/** AWS, the catalogue, and which secrets it follows. */
class World {
  readonly clock = new ManualClock();
  readonly aws = new ScriptedSecretsManager(this.clock);
  readonly catalogue = new AwsSecretCatalogue({ api: this.aws, clock: this.clock, random: seededRandom() });
  readonly followed = new Set<number>();
  /** The last report of each source. */
  readonly reported = new Map<string, string>();
  #versions = 1;

  constructor() {
    for (let n = 0; n < SECRETS; n += 1) this.aws.put(secret(nameOf(n), 1));
    this.catalogue.onChange(({ secretId }) => this.reported.set(secretId, this.#shown(secretId)));
  }

  async do(each: Step): Promise<void> {
    switch (each.do) {
      case "follow":
        this.followed.add(each.secret);
        return this.catalogue.follow(source(each.secret));
      case "unfollow":
        this.followed.delete(each.secret);
        this.reported.delete(nameOf(each.secret));
        return this.catalogue.unfollow(source(each.secret));
      case "rotate":
        this.#versions += 1;
        return this.aws.put(secret(nameOf(each.secret), this.#versions, this.#versions - 1));
      case "delete":
        return void this.aws.secrets.delete(nameOf(each.secret));
      case "refresh":
        return void this.catalogue.refresh(source(each.secret), never).catch(() => {});
      case "expectChange":
        return this.catalogue.expectChange(source(each.secret), this.clock.now() + 5 * MINUTE);
      case "fail":
        return void this.aws.problems.set(each.operation, each.kind);
      case "answer":
        return this.aws.problems.clear();
      case "lag":
        this.aws.listed = each.lags ? [...this.aws.secrets.values()] : undefined;
        return;
      case "slow":
        this.aws.latencyMs = each.latencyMs;
        return;
      case "wait":
        return await this.clock.advance(each.ms);
    }
  }

  /** AWS works again. */
  heal(): void {
    this.aws.problems.clear();
    this.aws.listed = undefined;
    this.aws.latencyMs = 0;
  }

  /** The truth at AWS: the current version, or that the secret does not exist. */
  truth(n: number): string {
    return currentOf(this.aws.secrets.get(nameOf(n))) ?? "notFound";
  }

  /** The knowledge of the catalogue, in the same words. */
  known(n: number): string {
    return this.#shown(nameOf(n));
  }

  /** The catalogue has reported all that it knows. */
  expectReported(): void {
    for (const n of this.followed) expect(this.reported.get(nameOf(n)) ?? "nothing").toBe(this.known(n));
  }

  #shown(secretId: string): string {
    const { secret: facts, problem } = this.catalogue.cached({ secretId, ...SCOPE }) ?? {};
    return problem?.kind ?? currentOf(facts) ?? "nothing";
  }
}

function currentOf(facts: SecretSnapshot | undefined): string | undefined {
  return facts && currentVersion(facts);
}

it("after any history, every followed secret is read again, and every change is reported", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      const world = new World();
      for (const each of steps) {
        await world.do(each);
        if (each.do === "wait") world.expectReported();
      }
      world.heal();
      const before = world.clock.monotonic();
      const callsBefore = world.aws.calls.length;
      // The longest interval, and the longest pause while AWS is away.
      await world.clock.advance(6 * MINUTE + 35 * SECOND);
      const since = world.aws.calls.slice(callsBefore);
      const described = new Set(
        since.filter(({ operation }) => operation === "DescribeSecret").flatMap(({ ids }) => ids),
      );
      for (const n of world.followed) {
        expect(described, `${nameOf(n)} after ${before} ms`).toContain(nameOf(n));
        expect(world.known(n)).toBe(world.truth(n));
      }
      world.expectReported();
      for (const n of world.followed) world.catalogue.unfollow(source(n));
      expect(world.clock.pendingTimers).toBe(0);
    }),
    { numRuns: 300 },
  );
}, 60_000);

it("in an hour of many secrets, there is never a burst of descriptions", async () => {
  const world = new World();
  const many = 500;
  for (let n = 0; n < many; n += 1) world.aws.put(secret(nameOf(n), 1));
  for (let n = 0; n < many; n += 1) world.catalogue.follow(source(n));
  await world.clock.advance(MINUTE);
  const start = world.aws.calls.length;
  await world.clock.advance(60 * MINUTE);
  const times = world.aws.calls.slice(start).filter(({ operation }) => operation === "DescribeSecret");
  const perTenSeconds = Map.groupBy(times, ({ at }) => Math.floor(at / (10 * SECOND)));
  // On average 500 in 5 min are 17 in 10 s.
  expect(Math.max(...[...perTenSeconds.values()].map((group) => group.length))).toBeLessThan(50);
  expect(perTenSeconds.size).toBeGreaterThan(350);
  world.catalogue.stop();
});
