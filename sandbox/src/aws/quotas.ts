import type { Clock } from "./clock.ts";

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

interface Bucket {
  readonly perSecond: number;
  tokens: number;
  filledAt: number;
}

/** AWS's request quotas as token buckets that hold the tokens of one second. AWS does not document how it counts. */
export class Quotas {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  /** @param share - 1 for AWS's own quotas, 0.1 for a tenth of them */
  constructor(clock: Clock, share: number) {
    this.#clock = clock;
    for (const quota of QUOTAS) {
      const perSecond = quota.perSecond * share;
      const bucket: Bucket = { perSecond, tokens: perSecond, filledAt: clock.now() };
      for (const operation of quota.operations) this.#buckets.set(operation, bucket);
    }
  }

  /** Whether a call is within its quota; if so, uses one request of it. Operations without a quota always are. */
  admits(operation: string): boolean {
    const bucket = this.#buckets.get(operation);
    if (bucket === undefined) return true;
    const now = this.#clock.now();
    const earned = ((now - bucket.filledAt) / 1000) * bucket.perSecond;
    bucket.tokens = Math.min(bucket.perSecond, bucket.tokens + earned);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
