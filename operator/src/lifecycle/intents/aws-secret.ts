import type { Instant } from "../../ports/fact.ts";
import type { RecordedRotation } from "../../ports/resources.ts";
import { TURN_MS } from "../timing.ts";
import { type IntentRecord, lastCallAt } from "./intent.ts";

/** The world of one AWS secret: everything that a decision about all of its RotatedSecrets needs, as a plain value. */
export interface AwsSecretWorld {
  readonly now: Instant;
  /** The rotations that its RotatedSecrets have recorded. */
  readonly recorded: readonly RecordedRotation[];
}

/**
 * Whether a RotatedSecret may call RotateSecret.
 *
 * - `free`: it may.
 * - `taken`: another RotatedSecret of the same AWS secret goes first. AWS has taken its rotation up by `until`, or never will.
 */
export type Turn = { readonly kind: "free" } | { readonly kind: "taken"; readonly until: Instant };

/** The decision for one AWS secret. */
export interface AwsSecretDecision {
  /** The RotatedSecret whose turn it is. */
  readonly holder: RecordedRotation | undefined;
  /** When that turn ends at the latest. */
  readonly until: Instant | undefined;
  /** The RotatedSecrets that may go on now, and may be waiting to hear of it. */
  readonly wake: readonly RecordedRotation[];
}

/**
 * Gives the turn to one RotatedSecret: the one that recorded its rotation first. A recorded rotation counts for a limited
 * time, and not after AWS refused it, so that no RotatedSecret can hold up the others. After that AWS's own pending version
 * keeps a second rotation away.
 */
export function decideAwsSecret({ now, recorded }: AwsSecretWorld): AwsSecretDecision {
  const [holder] = recorded
    .filter(({ rotation }) => rotation.lastError === undefined && turnEnd(rotation) > now)
    .sort(byAge);
  if (holder === undefined) return { holder, until: undefined, wake: recorded };
  return { holder, until: turnEnd(holder.rotation), wake: [holder] };
}

/** The turn of the RotatedSecret with this UID. */
export function turnOf(world: AwsSecretWorld, uid: string): Turn {
  const { holder, until } = decideAwsSecret(world);
  if (holder === undefined || until === undefined || holder.uid === uid) return { kind: "free" };
  return { kind: "taken", until };
}

function turnEnd(record: IntentRecord): Instant {
  return lastCallAt(record) + TURN_MS;
}

function byAge(one: RecordedRotation, other: RecordedRotation): number {
  const difference = Date.parse(one.rotation.startedAt) - Date.parse(other.rotation.startedAt);
  return difference === 0 ? one.uid.localeCompare(other.uid) : difference;
}
