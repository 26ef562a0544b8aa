import type { KubernetesObject, ObjectMeta } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { type ParsedSecretAccessPolicy, parseSecretAccessPolicy } from "../../api/secret-access-policy.ts";
import { SECRET_ACCESS_POLICIES } from "../api-server/api-resources.ts";
import { type ReadFailure, type WatchedResource, watchedResource } from "../api-server/watched-resource.ts";

/** The part of a SecretAccessPolicy that the cache keeps. An invalid policy allows nothing. */
export interface WatchedPolicy {
  readonly metadata: ObjectMeta;
  readonly parsed: ParsedSecretAccessPolicy;
}

/** The SecretAccessPolicies of the cluster. */
export function watchedPolicies(failed: ReadFailure): WatchedResource<WatchedPolicy> {
  return watchedResource(SECRET_ACCESS_POLICIES, { transform: watchedPolicy, failed });
}

function watchedPolicy(object: KubernetesObject): WatchedPolicy {
  const { name, uid, resourceVersion } = object.metadata;
  return { metadata: { name, uid, resourceVersion }, parsed: parseSecretAccessPolicy(object) };
}
