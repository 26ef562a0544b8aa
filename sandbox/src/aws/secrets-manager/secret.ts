/** What a version holds. */
export type SecretValue =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "binary"; readonly base64: string };

/** A version of a secret. One without labels is deprecated. */
export interface SecretVersion {
  /** The ClientRequestToken that it was made with. */
  readonly id: string;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly lastAccessedAt: number | undefined;
  /** Missing in the AWSPENDING version of a rotation whose createSecret has not put a value yet. */
  readonly value: SecretValue | undefined;
  /** Staging labels, in alphabetical order. */
  readonly stages: readonly string[];
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** When a secret is to be rotated, in AWS's own shape. */
export interface RotationRules {
  /** Days, 1 to 1,000. */
  readonly AutomaticallyAfterDays?: number | undefined;
  /** `rate(...)` or `cron(...)`, UTC. */
  readonly ScheduleExpression?: string | undefined;
  /** Length of the window, such as `3h`. */
  readonly Duration?: string | undefined;
}

/** Set by the first RotateSecret; stays when CancelRotateSecret switches rotation off. */
export interface RotationConfiguration {
  readonly enabled: boolean;
  /** Missing where the owning service rotates the secret. */
  readonly lambdaArn: string | undefined;
  readonly rules: RotationRules | undefined;
  /** When rotation was switched on: the schedule counts from here until the first rotation. */
  readonly since: number;
}

/** One secret as plain data. Every change makes a new object, so an old one is a snapshot. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  /** Missing until the first tag; an empty list once all were taken away (recorded). */
  readonly tags: readonly Tag[] | undefined;
  readonly createdAt: number;
  readonly lastChangedAt: number;
  /** A day without a time, as in AWS. */
  readonly lastAccessedAt: number | undefined;
  readonly lastRotatedAt: number | undefined;
  /** When the recovery window of a deleted secret ends. */
  readonly deletedAt: number | undefined;
  readonly rotation: RotationConfiguration | undefined;
  /** The AWS service that made and manages the secret, such as `rds`. */
  readonly owningService: string | undefined;
  /** Where the secret is a replica: the region of its original. */
  readonly primaryRegion: string | undefined;
  /** In the order of their making. */
  readonly versions: readonly SecretVersion[];
}

/** The secrets of one account and region, by ARN. */
export type Secrets = ReadonlyMap<string, Secret>;

/** The same secret with one version replaced. */
export function withVersion(secret: Secret, version: SecretVersion): Secret {
  return { ...secret, versions: secret.versions.map((old) => (old.id === version.id ? version : old)) };
}

/** True when both hold the same text or the same bytes. */
export function sameValue(one: SecretValue | undefined, other: SecretValue | undefined): boolean {
  if (one?.kind === "string" && other?.kind === "string") return one.text === other.text;
  if (one?.kind === "binary" && other?.kind === "binary") return one.base64 === other.base64;
  return one === other;
}
