import { createHash } from "node:crypto";

/** Field manager of every server-side apply of the operator. */
export const FIELD_MANAGER = "rotated-secrets";

/** Label on every Secret that the operator writes, with the value `MANAGED_BY_VALUE`. */
export const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
export const MANAGED_BY_VALUE = "rotated-secrets";

/** On the target Secret: id of the AWS version whose value it carries. */
export const VERSION_ID_ANNOTATION = "rotatedsecrets.dev/version-id";

/** On the target Secret: UID of the RotatedSecret that owns it. */
export const OWNER_UID_ANNOTATION = "rotatedsecrets.dev/owner-uid";

/** On the target Secret: its last 20 changes of data, as JSON (version and time). */
export const WRITES_ANNOTATION = "rotatedsecrets.dev/writes";

/** On the target Secret: short hash of the labels, annotations and owner that the spec asked for at the last write. */
export const METADATA_ANNOTATION = "rotatedsecrets.dev/metadata";

/** On a Secret of somebody else, set by its owner: name of the RotatedSecret that may take it over. */
export const ADOPT_ANNOTATION = "rotatedsecrets.dev/adopt";

/** On a RotatedSecret: any text that it did not carry before asks for one rotation. */
export const ROTATE_ANNOTATION = "rotatedsecrets.dev/rotate";

/** Tag on a secret in AWS: the rotation function's engine for it, where the value itself names none. */
export const ENGINE_TAG = "rotatedsecrets.dev/engine";

/** Tag on a secret in AWS: the member of its JSON object that the engine `generated` makes anew. */
export const FIELD_TAG = "rotatedsecrets.dev/field";

/** What the names of all version annotations begin with. */
export const VERSION_ANNOTATION_PREFIX = "version.rotatedsecrets.dev/";
/** Kubernetes: an annotation's name, the part after the slash, has 63 characters at most. */
const NAME_LIMIT = 63;
const HASH_LENGTH = 10;

/**
 * Name of the pod template annotation that tells which version of the Secret `secretName` the pods were made for.
 * A name that is too long for an annotation is cut and made unique again by a hash of the whole name.
 */
export function versionAnnotation(secretName: string): string {
  if (secretName.length <= NAME_LIMIT) return VERSION_ANNOTATION_PREFIX + secretName;
  const hash = createHash("sha256").update(secretName).digest("hex").slice(0, HASH_LENGTH);
  return `${VERSION_ANNOTATION_PREFIX}${secretName.slice(0, NAME_LIMIT - HASH_LENGTH - 1)}-${hash}`;
}
