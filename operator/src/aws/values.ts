import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { CurrentValue, SecretValues, ValueReading } from "../ports/secret-values.ts";
import type { Clock } from "../runtime/clock.ts";
import type { SecretsManagerApi } from "./secrets-manager-api.ts";
import { untilAborted } from "./until-aborted.ts";
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

/** Current values: read in batches, one held for each secret. */
export class AwsSecretValues implements SecretValues {
  readonly #options: AwsSecretValuesOptions;
  readonly #cache: ValueCache;
  readonly #readers = new Map<string, ValueReader>();
  readonly #lifetime = new AbortController();

  constructor(options: AwsSecretValuesOptions) {
    this.#options = options;
    this.#cache = new ValueCache(options.cache ?? { bytes: 64 * 1024 * 1024, count: 10_000 });
  }

  cached(arn: SecretArn, versionId: VersionId): CurrentValue | undefined {
    return this.#cache.get(arn, versionId);
  }

  async current(arn: SecretArn, region: string, signal: AbortSignal): Promise<ValueReading> {
    signal.throwIfAborted();
    const reading = await untilAborted(this.#reader(region).read(arn), signal);
    if (reading.kind === "value") {
      const { versionId, createdAt, value } = reading;
      this.#cache.put(arn, { versionId, createdAt, value });
    }
    return reading;
  }

  forget(arn: SecretArn): void {
    this.#cache.delete(arn);
  }

  /** Ends all reading; who waits gets an AbortError. */
  stop(): void {
    this.#lifetime.abort();
    for (const reader of this.#readers.values()) reader.stop();
  }

  #reader(region: string): ValueReader {
    const { api, clock } = this.#options;
    const options = { ...DEFAULTS, ...this.#options.reader };
    const reader =
      this.#readers.get(region) ?? new ValueReader(api, region, clock, options, this.#lifetime.signal);
    this.#readers.set(region, reader);
    return reader;
  }
}
