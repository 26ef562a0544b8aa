import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import { type AwsIdentity, identityKey } from "../../api/aws-identity.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import type { NamespacedName } from "../../ports/target-secrets.ts";

/** How much is held in memory. */
export interface ValueCacheLimits {
  /** Of all values together. */
  readonly bytes: number;
  readonly count: number;
}

/** Whose value it is: what one identity has read is not there for any other. */
export interface ValueOwner {
  readonly identity: AwsIdentity;
  readonly arn: SecretArn;
}

interface Held {
  readonly identity: AwsIdentity;
  readonly current: VersionValue;
  readonly bytes: number;
}

/** The last value that each identity has read of each secret; what was not asked for longest gives way. */
export class ValueCache {
  readonly #limits: ValueCacheLimits;
  /** In the order of their last use. */
  readonly #held = new Map<string, Held>();
  #bytes = 0;

  constructor(limits: ValueCacheLimits) {
    this.#limits = limits;
  }

  get(owner: ValueOwner, versionId: VersionId): VersionValue | undefined {
    const key = keyOf(owner);
    const held = this.#held.get(key);
    if (held?.current.versionId !== versionId) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.current;
  }

  put(owner: ValueOwner, current: VersionValue): void {
    this.delete(owner);
    const bytes = sizeOf(current);
    this.#held.set(keyOf(owner), { identity: owner.identity, current, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#limits.bytes && this.#held.size <= this.#limits.count) break;
      this.#drop(oldest);
    }
  }

  delete(owner: ValueOwner): void {
    this.#drop(keyOf(owner));
  }

  /** All that was read in the name of this ServiceAccount. */
  deleteAllOf({ namespace, name }: NamespacedName): void {
    for (const [key, { identity }] of this.#held) {
      const isIts =
        identity.kind === "ServiceAccount" && identity.namespace === namespace && identity.name === name;
      if (isIts) this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#held.get(key)?.bytes ?? 0;
    this.#held.delete(key);
  }
}

/** An ARN holds no space. */
function keyOf({ identity, arn }: ValueOwner): string {
  return `${arn} ${identityKey(identity)}`;
}

function sizeOf({ value }: VersionValue): number {
  return Buffer.byteLength(value.reveal());
}
