import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import { type LRU, lru } from "tiny-lru";
import type { AwsIdentity } from "../../api/aws-identity.ts";
import { type AwsScope, scopeKey } from "../../ports/aws-scope.ts";
import type { SecretValues, ValueReading, VersionValue } from "../../ports/secret-values.ts";
import type { NamespacedName } from "../../ports/target-secrets.ts";
import type { SecretsManagerApi } from "../calls/secrets-manager-api.ts";
import { isOf, ValueCache, type ValueCacheLimits, type ValueOwner } from "./value-cache.ts";
import { ValueReader, type ValueReaderOptions } from "./value-reader.ts";

/** How values are read and held. */
export interface AwsSecretValuesOptions {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly reader?: Partial<ValueReaderOptions>;
  /** @default 64 MiB and 10,000 values */
  readonly cache?: ValueCacheLimits;
}

const DEFAULTS: ValueReaderOptions = {
  collectMs: 15,
  busyCollectMs: 250,
  batchSize: 20,
  concurrentBatches: 4,
  batchDeniedMs: 600_000,
};

/** Scopes whose batches are collected. The authors of RotatedSecrets decide how many are in use. */
const MAX_READERS = 1_000;

/** A read under way. */
interface Underway {
  readonly identity: AwsIdentity;
  /** The rights of its identity may have changed since it began. */
  isOutdated: boolean;
}

/**
 * Reads values of secrets. The current values are read in batches. For each secret and identity, two values are held: the
 * current one, and one that was read by its version id.
 */
export class AwsSecretValues implements SecretValues {
  readonly #options: AwsSecretValuesOptions;
  readonly #cache: ValueCache;
  /** Versions that were read by their id. A cache of their own, so that current values do not drive them out. */
  readonly #pinned: ValueCache;
  /** By `scopeKey`. */
  readonly #readers: LRU<ValueReader> = lru<ValueReader>(MAX_READERS).onEvict(({ value }) => value.stop());
  readonly #underway = new Set<Underway>();
  readonly #lifetime = new AbortController();

  constructor(options: AwsSecretValuesOptions) {
    this.#options = options;
    this.#cache = new ValueCache(options.cache ?? { bytes: 64 * 1024 * 1024, count: 10_000 });
    this.#pinned = new ValueCache({ bytes: 8 * 1024 * 1024, count: 1_000 });
  }

  cached(arn: SecretArn, { identity }: AwsScope, versionId: VersionId): VersionValue | undefined {
    return this.#cache.get({ identity, arn }, versionId) ?? this.#pinned.get({ identity, arn }, versionId);
  }

  async current(arn: SecretArn, scope: AwsScope, signal: AbortSignal): Promise<ValueReading> {
    signal.throwIfAborted();
    const owner = { identity: scope.identity, arn };
    return this.#readInto(this.#cache, owner, () => untilAborted(this.#reader(scope).read(arn), signal));
  }

  async version(
    arn: SecretArn,
    scope: AwsScope,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<ValueReading> {
    return this.#readInto(this.#pinned, { identity: scope.identity, arn }, async () => {
      const answer = await this.#options.api.getSecretVersion(scope, arn, versionId, signal);
      return answer.kind === "answer"
        ? { kind: "value", ...answer.value }
        : { kind: "problem", problem: answer.problem };
    });
  }

  forget(arn: SecretArn, { identity }: AwsScope): void {
    this.#cache.delete({ identity, arn });
    this.#pinned.delete({ identity, arn });
  }

  forgetAllOf(account: NamespacedName): void {
    for (const read of this.#underway) if (isOf(account, read.identity)) read.isOutdated = true;
    this.#cache.deleteAllOf(account);
    this.#pinned.deleteAllOf(account);
  }

  /** Ends all reading. Callers that wait get an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    this.#readers.forEach((reader) => {
      reader.stop();
    });
  }

  /** Keeps the value in `cache`, unless the rights of its identity may have changed during the read. */
  async #readInto(
    cache: ValueCache,
    owner: ValueOwner,
    read: () => Promise<ValueReading>,
  ): Promise<ValueReading> {
    const underway: Underway = { identity: owner.identity, isOutdated: false };
    this.#underway.add(underway);
    try {
      const reading = await read();
      if (reading.kind === "value" && !underway.isOutdated) {
        const { versionId, createdAt, value } = reading;
        cache.put(owner, { versionId, createdAt, value });
      }
      return reading;
    } finally {
      this.#underway.delete(underway);
    }
  }

  #reader({ region, identity }: AwsScope): ValueReader {
    const key = scopeKey({ region, identity });
    const known = this.#readers.get(key);
    const reader = known ?? this.#newReader({ region, identity });
    if (known === undefined) this.#readers.set(key, reader);
    return reader;
  }

  #newReader(scope: AwsScope): ValueReader {
    const { api, clock, reader } = this.#options;
    return new ValueReader(api, scope, clock, { ...DEFAULTS, ...reader }, this.#lifetime.signal);
  }
}
