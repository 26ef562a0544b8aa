import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { CurrentValue } from "../ports/secret-values.ts";

/** How much is held in memory. */
export interface ValueCacheLimits {
  /** Of all values together. */
  readonly bytes: number;
  readonly count: number;
}

/** The last value that was read of each secret; what was not asked for longest gives way. */
export class ValueCache {
  readonly #limits: ValueCacheLimits;
  /** In the order of their last use. */
  readonly #held = new Map<SecretArn, { readonly current: CurrentValue; readonly bytes: number }>();
  #bytes = 0;

  constructor(limits: ValueCacheLimits) {
    this.#limits = limits;
  }

  get(arn: SecretArn, versionId: VersionId): CurrentValue | undefined {
    const held = this.#held.get(arn);
    if (held?.current.versionId !== versionId) return undefined;
    this.#held.delete(arn);
    this.#held.set(arn, held);
    return held.current;
  }

  put(arn: SecretArn, current: CurrentValue): void {
    this.delete(arn);
    const bytes = sizeOf(current);
    this.#held.set(arn, { current, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#limits.bytes && this.#held.size <= this.#limits.count) break;
      this.delete(oldest);
    }
  }

  delete(arn: SecretArn): void {
    this.#bytes -= this.#held.get(arn)?.bytes ?? 0;
    this.#held.delete(arn);
  }
}

function sizeOf({ value }: CurrentValue): number {
  return Buffer.byteLength(value.reveal());
}
