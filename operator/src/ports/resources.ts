import type { ResolvedSpec } from "../api/resolved-spec.ts";
import type { ParsedRotatedSecret, RotatedSecret, RotationStatus } from "../api/rotated-secret.ts";
import type { SecretAccessPolicy } from "../api/secret-access-policy.ts";
import type { NamespacedName } from "./target-secrets.ts";

/** A RotatedSecret that can be worked on. */
export interface ValidRotatedSecret {
  readonly kind: "valid";
  readonly resource: RotatedSecret;
  /** Its spec with every default filled in, resolved once per change of the object. */
  readonly spec: ResolvedSpec;
}

/** A RotatedSecret in the cache; an object that breaks the rules is kept, so that its status can say so. */
export type KnownRotatedSecret =
  | ValidRotatedSecret
  | Exclude<ParsedRotatedSecret, { readonly kind: "valid" }>;

/** A rotation that a RotatedSecret has recorded in its status because it was due; not one that somebody else started. */
export interface RecordedRotation {
  /** UID of the RotatedSecret. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly rotation: RotationStatus;
}

/** Desired state, from the watches' caches. */
export interface Resources {
  /** The RotatedSecret with this name; undefined if there is none. */
  rotatedSecret(name: NamespacedName): KnownRotatedSecret | undefined;
  /** The rotations that the RotatedSecrets of the AWS secret with this ARN have recorded. */
  recordedRotations(secretArn: string): readonly RecordedRotation[];
  /** All valid policies; an invalid one allows nothing. */
  policies(): readonly SecretAccessPolicy[];
  /** Labels of a namespace; undefined before the watch has shown it. */
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
}
