import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import { type AwsScope, scopeKey } from "../../ports/aws-scope.ts";
import type { SecretValues, ValueReading, VersionValue } from "../../ports/secret-values.ts";
import type { NamespacedName } from "../../ports/target-secrets.ts";
import type { SecretsManagerApi } from "../calls/secrets-manager-api.ts";
import { ValueCache, type ValueCacheLimits } from "./value-cache.ts";
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

/** Scopes whose batches are collected; who writes RotatedSecrets decides how many there are. */
const MAX_READERS = 1_000;

/**
 * Current values: read in batches, one held for each secret and identity; and of each secret and identity one other
 * version, which is read by itself.
 */
export class AwsSecretValues implements SecretValues {
  readonly #options: AwsSecretValuesOptions;
  readonly #cache: ValueCache;
  /** Versions that were asked for by their id: few, and not to be driven out by what AWSCURRENT names. */
  readonly #pinned: ValueCache;
  /** By `scopeKey`, in the order of their last use. */
  readonly #readers = new Map<string, ValueReader>();
  /** Counts the calls of `forgetAllOf`. */
  #eras = 0;
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
    const { identity } = scope;
    const era = this.#eras;
    const reading = await untilAborted(this.#reader(scope).read(arn), signal);
    // What was read with rights that may be others by now is not kept.
    if (reading.kind === "value" && era === this.#eras) {
      const { versionId, createdAt, value } = reading;
      this.#cache.put({ identity, arn }, { versionId, createdAt, value });
    }
    return reading;
  }

  async version(
    arn: SecretArn,
    scope: AwsScope,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<ValueReading> {
    const era = this.#eras;
    const answer = await this.#options.api.getSecretVersion(scope, arn, versionId, signal);
    if (answer.kind === "problem") return { kind: "problem", problem: answer.problem };
    if (era === this.#eras) this.#pinned.put({ identity: scope.identity, arn }, answer.value);
    return { kind: "value", ...answer.value };
  }

  forget(arn: SecretArn, { identity }: AwsScope): void {
    this.#cache.delete({ identity, arn });
    this.#pinned.delete({ identity, arn });
  }

  forgetAllOf(account: NamespacedName): void {
    this.#eras += 1;
    this.#cache.deleteAllOf(account);
    this.#pinned.deleteAllOf(account);
  }

  /** Ends all reading; who waits gets an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    for (const reader of this.#readers.values()) reader.stop();
  }

  #reader({ region, identity }: AwsScope): ValueReader {
    const key = scopeKey({ region, identity });
    const reader = this.#readers.get(key) ?? this.#newReader({ region, identity });
    this.#readers.delete(key);
    this.#readers.set(key, reader);
    for (const [oldest, unused] of this.#readers) {
      if (this.#readers.size <= MAX_READERS) break;
      unused.stop();
      this.#readers.delete(oldest);
    }
    return reader;
  }

  #newReader(scope: AwsScope): ValueReader {
    const { api, clock, reader } = this.#options;
    return new ValueReader(api, scope, clock, { ...DEFAULTS, ...reader }, this.#lifetime.signal);
  }
}
