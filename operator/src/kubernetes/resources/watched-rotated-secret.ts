import {
  type KubernetesObject,
  keyOf,
  type ObjectMeta,
} from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { resolveSpec } from "../../api/resolved-spec.ts";
import { parseRotatedSecret } from "../../api/rotated-secret.ts";
import type { KnownRotatedSecret } from "../../ports/resources.ts";
import { ROTATED_SECRETS } from "../api-server/api-resources.ts";
import { type ReadFailure, type WatchedResource, watchedResource } from "../api-server/watched-resource.ts";

/** The part of a RotatedSecret that the cache keeps. */
export interface WatchedRotatedSecret {
  readonly metadata: ObjectMeta & { readonly namespace: string };
  /** Parsed and resolved once, when the watch brings the object. */
  readonly parsed: KnownRotatedSecret;
}

/** Index of RotatedSecrets by `namespace/name` of the Secret that they keep. */
export const BY_TARGET = "by-target";

/** Index of RotatedSecrets by UID, invalid ones included. */
export const BY_UID = "by-uid";

/** Index of RotatedSecrets by the ARN of their AWS secret, as their status has it. */
export const BY_SECRET_ARN = "by-secret-arn";

/** Annotations that the operator reads all begin so. Others, such as kubectl's copy of the object, are not kept. */
const OWN_ANNOTATIONS = "rotatedsecrets.dev/";

/** The RotatedSecrets of the cluster. @param region of secrets whose RotatedSecret names none */
export function watchedRotatedSecrets(
  region: string,
  failed: ReadFailure,
): WatchedResource<WatchedRotatedSecret> {
  const transform = (object: KubernetesObject) => watchedRotatedSecret(object, region);
  const resource = watchedResource(ROTATED_SECRETS, { transform, failed });
  resource.store.addIndex(BY_TARGET, (rotatedSecret) => {
    const key = targetKey(rotatedSecret);
    return key === undefined ? [] : [key];
  });
  resource.store.addIndex(BY_SECRET_ARN, (rotatedSecret) => {
    const arn = secretArnOf(rotatedSecret);
    return arn === undefined ? [] : [arn];
  });
  resource.store.addIndex(BY_UID, ({ metadata: { uid } }) => (uid === undefined ? [] : [uid]));
  return resource;
}

/** `namespace/name` of the Secret that a RotatedSecret keeps; undefined for an invalid one, which keeps none. */
export function targetKey({ metadata, parsed }: WatchedRotatedSecret): string | undefined {
  if (parsed.kind !== "valid") return undefined;
  return keyOf({ namespace: metadata.namespace, name: parsed.spec.targetName });
}

/** The ARN of its AWS secret; undefined before AWS has told it. */
export function secretArnOf({ parsed }: WatchedRotatedSecret): string | undefined {
  return parsed.kind === "valid" ? parsed.resource.status.secretArn : undefined;
}

function watchedRotatedSecret(object: KubernetesObject, region: string): WatchedRotatedSecret {
  const parsed = parseRotatedSecret({ ...object, metadata: trimmed(object.metadata) });
  switch (parsed.kind) {
    case "valid": {
      const { resource } = parsed;
      return { metadata: resource.metadata, parsed: { ...parsed, spec: resolveSpec(resource, { region }) } };
    }
    case "invalid":
      return { metadata: parsed.metadata, parsed };
    case "unreadable": {
      const { namespace = "", name, uid, resourceVersion } = object.metadata;
      return { metadata: { namespace, name, uid, resourceVersion }, parsed };
    }
  }
}

/** Drops the annotations that the operator does not read. */
function trimmed(metadata: ObjectMeta): ObjectMeta {
  const { annotations, ...rest } = metadata;
  const own = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(OWN_ANNOTATIONS));
  return own.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(own) };
}
