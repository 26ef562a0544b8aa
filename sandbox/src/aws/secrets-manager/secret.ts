/** The value of a version. */
export type SecretValue =
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "binary"; readonly base64: string };

/** A version of a secret. A version without labels is deprecated. */
export interface SecretVersion {
  /** The ClientRequestToken of the request that created it. */
  readonly id: string;
  /** Milliseconds since 1970, like all times here. */
  readonly createdAt: number;
  readonly lastAccessedAt: number | undefined;
  /** Undefined in the AWSPENDING version of a rotation until createSecret puts a value. */
  readonly value: SecretValue | undefined;
  /** Staging labels, in alphabetical order. */
  readonly stages: readonly string[];
}

/** A replica in another region, in AWS's own form. */
export interface Replica {
  readonly Region: string;
  readonly KmsKeyId?: string | undefined;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** The rotation schedule, in AWS's own form. */
export interface RotationRules {
  /** Days, 1 to 1,000. */
  readonly AutomaticallyAfterDays?: number | undefined;
  /** `rate(...)` or `cron(...)`, UTC. */
  readonly ScheduleExpression?: string | undefined;
  /** Length of the window, such as `3h`. */
  readonly Duration?: string | undefined;
}

/** Set by the first RotateSecret. CancelRotateSecret only disables it. */
export interface RotationConfiguration {
  readonly enabled: boolean;
  /** Undefined if the owning service rotates the secret. */
  readonly lambdaArn: string | undefined;
  readonly rules: RotationRules | undefined;
  /** The time at which rotation was enabled. The schedule counts from here until the first rotation. */
  readonly since: number;
}

/** One secret as plain data. Every change creates a new object, so an old object is a snapshot. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  /** Undefined until the first tag. An empty list after all tags were removed (recorded). */
  readonly tags: readonly Tag[] | undefined;
  readonly createdAt: number;
  readonly lastChangedAt: number;
  /** A date without a time, as in AWS. */
  readonly lastAccessedAt: number | undefined;
  readonly lastRotatedAt: number | undefined;
  /** The end of the recovery window of a deleted secret. */
  readonly deletedAt: number | undefined;
  readonly rotation: RotationConfiguration | undefined;
  /** The AWS service that created and manages the secret, such as `rds`. */
  readonly owningService: string | undefined;
  /** For a replica: the region of its original. */
  readonly primaryRegion: string | undefined;
  /** The replicas of an original. They are names only: an emulator has one region. Undefined if there were never any. */
  readonly replicas: readonly Replica[] | undefined;
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
}

/** The secrets of one account and region, by ARN. */
export type Secrets = ReadonlyMap<string, Secret>;

/** Returns the secret with one version replaced. */
export function withVersion(secret: Secret, version: SecretVersion): Secret {
  return { ...secret, versions: secret.versions.map((old) => (old.id === version.id ? version : old)) };
}

/** Whether both are the same text or the same bytes. */
export function sameValue(one: SecretValue | undefined, other: SecretValue | undefined): boolean {
  if (one?.kind === "string" && other?.kind === "string") return one.text === other.text;
  if (one?.kind === "binary" && other?.kind === "binary") return one.base64 === other.base64;
  return one === other;
}
