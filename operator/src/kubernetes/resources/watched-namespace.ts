import type { KubernetesObject, ObjectMeta } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { z } from "zod";
import { clusterObjectMeta } from "../../api/object-meta.ts";
import { NAMESPACES } from "../api-server/api-resources.ts";
import { type ReadFailure, type WatchedResource, watchedResource } from "../api-server/watched-resource.ts";

/** The part of a namespace that the cache keeps: its name and labels. */
export interface WatchedNamespace {
  readonly metadata: ObjectMeta & { readonly labels: Readonly<Record<string, string>> };
}

const namespaceMeta = clusterObjectMeta
  .pick({ name: true, uid: true, resourceVersion: true })
  .extend({ labels: z.record(z.string(), z.string()).default({}) });

/** The namespaces of the cluster. */
export function watchedNamespaces(failed: ReadFailure): WatchedResource<WatchedNamespace> {
  return watchedResource(NAMESPACES, { transform: watchedNamespace, failed });
}

function watchedNamespace({ metadata }: KubernetesObject): WatchedNamespace {
  return { metadata: namespaceMeta.parse(metadata) };
}
