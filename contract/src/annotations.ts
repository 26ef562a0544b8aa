import { createHash } from "node:crypto";

/** Field manager of every server-side apply of the operator. */
export const FIELD_MANAGER = "rotated-secrets";

/** Label on every Secret of the operator, unless somebody else has set this label, or the Secret is merged. Its value is `MANAGED_BY_VALUE`. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
/** Value of `MANAGED_BY_LABEL`. */
export const MANAGED_BY_VALUE = "rotated-secrets";

/** Label on Secrets of the operator whose `MANAGED_BY_LABEL` belongs to somebody else. Its value is `true`. */
export const MANAGED_LABEL = "rotatedsecrets.dev/managed";

/** On the target Secret: id of the AWS version whose value the Secret holds. */
export const VERSION_ID_ANNOTATION = "rotatedsecrets.dev/version-id";

/** On the target Secret: UID of the RotatedSecret that owns it. */
export const OWNER_UID_ANNOTATION = "rotatedsecrets.dev/owner-uid";

/** On the target Secret: its last 20 changes of data, as JSON (version, hash of the spec, and time). */
export const WRITES_ANNOTATION = "rotatedsecrets.dev/writes";

/** On the target Secret: short hash of the labels, annotations and owner that the spec set at the last write. */
export const METADATA_ANNOTATION = "rotatedsecrets.dev/metadata";

/** On the target Secret: the form of the document that its data comes from, `object`, `text` or `bytes`. */
export const DOCUMENT_ANNOTATION = "rotatedsecrets.dev/document";

/** On an existing Secret, set by its owner: name of the RotatedSecret that may adopt the Secret. */
export const ADOPT_ANNOTATION = "rotatedsecrets.dev/adopt";

/** On an existing Secret, set by its owner: keys that an adoption may remove, separated by commas. */
export const ADOPT_REMOVES_ANNOTATION = "rotatedsecrets.dev/adopt-removes";

/** On a RotatedSecret: keys that may be removed from its Secret although a reader needs them, separated by commas. */
export const ALLOW_KEY_REMOVAL_ANNOTATION = "rotatedsecrets.dev/allow-key-removal";

/** On a RotatedSecret: ARN of the secret that has replaced the former one under the same name. */
export const ACCEPT_SOURCE_ANNOTATION = "rotatedsecrets.dev/accept-source";

/** On a RotatedSecret: each new text requests one rotation. */
export const ROTATE_ANNOTATION = "rotatedsecrets.dev/rotate";

/** On a RotatedSecret: each new text requests one rotation now, whatever the windows say. For a leaked credential. */
export const EMERGENCY_ROTATE_ANNOTATION = "rotatedsecrets.dev/emergency-rotate";

/** Tag on a secret in AWS: the rotation function's engine for the secret. Used if the value itself names no engine. */
export const ENGINE_TAG = "rotatedsecrets.dev/engine";

/** Tag on a secret in AWS: the field of its JSON object that the engine `generated` replaces. */
export const FIELD_TAG = "rotatedsecrets.dev/field";

/** Prefix of all version annotations. */
export const VERSION_ANNOTATION_PREFIX = "version.rotatedsecrets.dev/";
/** Kubernetes: the part of an annotation's name after the slash has at most 63 characters. */
const NAME_LIMIT = 63;
const HASH_LENGTH = 10;

/**
 * Name of the pod template annotation with the version of the Secret `secretName` that the pods were created for.
 * A name that is too long for an annotation is cut, and ends in a hash of the whole name to stay unique.
 */
export function versionAnnotation(secretName: string): string {
  if (secretName.length <= NAME_LIMIT) return VERSION_ANNOTATION_PREFIX + secretName;
  const hash = createHash("sha256").update(secretName).digest("hex").slice(0, HASH_LENGTH);
  return `${VERSION_ANNOTATION_PREFIX}${secretName.slice(0, NAME_LIMIT - HASH_LENGTH - 1)}-${hash}`;
}
