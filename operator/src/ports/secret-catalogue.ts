import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "./aws-problem.ts";
import type { AwsScope } from "./aws-scope.ts";
import type { Instant } from "./fact.ts";

/** The secret that a RotatedSecret names, and the region and identity in which it is read. */
export interface SecretSource extends AwsScope {
  /** Name or ARN. */
  readonly secretId: string;
}

/**
 * How a secret is rotated.
 *
 * - `function`: by a rotation function, with automatic rotation on. RotateSecret may be called.
 * - `off`: no function is set, or rotation was cancelled (CancelRotateSecret).
 * - `managed`: by the AWS service that owns the secret. There is no function.
 */
export type RotationSetUp =
  | { readonly kind: "function"; readonly functionArn: string }
  | { readonly kind: "off" }
  | { readonly kind: "managed"; readonly owner: string };

/** AWS's description of a secret, without its value. */
export interface SecretFacts {
  readonly arn: SecretArn;
  readonly name: string;
  readonly rotation: RotationSetUp;
  /** Staging labels by version. Versions without a label may be missing. */
  readonly stages: ReadonlyMap<VersionId, readonly string[]>;
  /** The end of the last rotation. */
  readonly lastRotatedAt?: Instant;
  /**
   * The time of the first and of the last read at the source (not of a list) since AWSCURRENT last changed. AWS's reads are
   * eventually consistent: a single read does not prove that the label went back to an older version.
   */
  readonly currentRead: { readonly first: Instant; readonly last: Instant };
}

/** The latest facts of a source, and the problem that prevents newer ones. */
export interface CatalogueEntry {
  readonly secret?: SecretFacts;
  readonly problem?: AwsProblem;
}

/** When AWS created each version, deprecated versions (those without labels) included. From ListSecretVersionIds. */
export type VersionCreatedAt = ReadonlyMap<VersionId, Instant>;

/**
 * Keeps the versions of all followed secrets of an account, region and identity with few calls: pages of ListSecrets as
 * a cheap hint that never replaces newer facts, and DescribeSecret of each secret on a long interval, spread over time.
 */
export interface SecretCatalogue {
  /** Keeps this source up to date from now on. Following a source again changes nothing. */
  follow(source: SecretSource): void;
  /** Ends `follow`. */
  unfollow(source: SecretSource): void;
  /** The latest facts and problem, without a call; undefined until the first answer. */
  cached(source: SecretSource): CatalogueEntry | undefined;
  /** Asks AWS now (DescribeSecret). Problems are part of the answer. @throws only the signal's reason */
  refresh(source: SecretSource, signal: AbortSignal): Promise<CatalogueEntry>;
  /** When the versions were created: all pages of ListSecretVersionIds, deprecated versions included. */
  versionCreatedAt(
    arn: SecretArn,
    scope: AwsScope,
    signal: AbortSignal,
  ): Promise<VersionCreatedAt | { readonly problem: AwsProblem }>;
  /** Refreshes this secret often (after 1 s, then each time 1.5 times later, up to 15 s) until AWSCURRENT moves or `until`. */
  expectChange(source: SecretSource, until: Instant): void;
  /**
   * Calls back when `cached` gives something else for a followed source, never within the call that caused the change.
   * Returns the function that ends the subscription.
   */
  onChange(listener: (source: SecretSource) => void): () => void;
}
