import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { TokenBucket } from "@rotated-secrets/kube-runtime/time/token-bucket";

interface Quota {
  readonly operations: readonly string[];
  /** Requests of all identities of the account in the region. */
  readonly perSecond: number;
}

// AWS: Secrets Manager user guide, "Quotas". The operations in one line share a rate.
const QUOTAS: readonly Quota[] = [
  { operations: ["DescribeSecret"], perSecond: 40_000 },
  { operations: ["GetSecretValue"], perSecond: 10_000 },
  { operations: ["BatchGetSecretValue"], perSecond: 100 },
  { operations: ["ListSecrets"], perSecond: 100 },
  { operations: ["ListSecretVersionIds"], perSecond: 50 },
  { operations: ["PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"], perSecond: 50 },
  { operations: ["RotateSecret", "CancelRotateSecret"], perSecond: 50 },
  { operations: ["TagResource", "UntagResource"], perSecond: 50 },
  { operations: ["CreateSecret"], perSecond: 50 },
  { operations: ["DeleteSecret"], perSecond: 50 },
  { operations: ["RestoreSecret"], perSecond: 50 },
  { operations: ["GetRandomPassword"], perSecond: 50 },
];

/** AWS's request quotas as token buckets that hold the tokens of one second. AWS does not document how it counts. */
export class Quotas {
  readonly #buckets = new Map<string, TokenBucket>();

  /** @param share - 1 for AWS's own quotas, 0.1 for a tenth of them */
  constructor(clock: Clock, share: number) {
    for (const quota of QUOTAS) {
      const perSecond = quota.perSecond * share;
      const bucket = new TokenBucket(clock, { perSecond, burst: perSecond });
      for (const operation of quota.operations) this.#buckets.set(operation, bucket);
    }
  }

  /** Whether a call is within its quota; if so, uses one request of it. Operations without a quota always are. */
  admits(operation: string): boolean {
    return this.#buckets.get(operation)?.tryTake() ?? true;
  }
}
