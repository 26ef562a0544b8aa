import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import { type LRU, lru } from "tiny-lru";
import { type AwsIdentity, identityKey } from "../../api/aws-identity.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import type { NamespacedName } from "../../ports/target-secrets.ts";

/** How much a cache holds at most. */
export interface ValueCacheLimits {
  /** Bytes of all values together. */
  readonly bytes: number;
  /** Number of values. */
  readonly count: number;
}

/** The owner of a value: an identity never gets values that another identity has read. */
export interface ValueOwner {
  readonly identity: AwsIdentity;
  readonly arn: SecretArn;
}

interface Held {
  readonly identity: AwsIdentity;
  readonly value: VersionValue;
  readonly bytes: number;
}

/** The value that each identity read last of each secret. The value that was not used for longest leaves first. */
export class ValueCache {
  readonly #maxBytes: number;
  readonly #held: LRU<Held>;
  #bytes = 0;

  constructor({ bytes, count }: ValueCacheLimits) {
    this.#maxBytes = bytes;
    this.#held = lru<Held>(count).onEvict(({ value }) => {
      this.#bytes -= value.bytes;
    });
  }

  /** The value, if it is the one of this version. */
  get(owner: ValueOwner, versionId: VersionId): VersionValue | undefined {
    const key = keyOf(owner);
    return this.#held.peek(key)?.value.versionId === versionId ? this.#held.get(key)?.value : undefined;
  }

  put(owner: ValueOwner, value: VersionValue): void {
    this.delete(owner);
    const bytes = sizeOf(value);
    this.#bytes += bytes;
    this.#held.set(keyOf(owner), { identity: owner.identity, value, bytes });
    while (this.#bytes > this.#maxBytes) this.#held.evict();
  }

  delete(owner: ValueOwner): void {
    this.#drop(keyOf(owner));
  }

  /** Deletes every value that was read in the name of this ServiceAccount. */
  deleteAllOf(account: NamespacedName): void {
    for (const key of this.#held.keys()) {
      const held = this.#held.peek(key);
      if (held !== undefined && isOf(account, held.identity)) this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#held.peek(key)?.bytes ?? 0;
    this.#held.delete(key);
  }
}

/** Whether the identity is this ServiceAccount, with whatever role. */
export function isOf({ namespace, name }: NamespacedName, identity: AwsIdentity): boolean {
  return identity.kind === "ServiceAccount" && identity.namespace === namespace && identity.name === name;
}

/** An ARN holds no space. */
function keyOf({ identity, arn }: ValueOwner): string {
  return `${arn} ${identityKey(identity)}`;
}

function sizeOf({ value }: VersionValue): number {
  return Buffer.byteLength(value.reveal());
}
