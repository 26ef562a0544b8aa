import type { NamespacedName } from "./kubernetes-object.ts";

/** A kind of object that the API server serves. */
export interface Resource {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As in the URL: `deployments`. */
  readonly plural: string;
  readonly kind: string;
  readonly scope: "Namespaced" | "Cluster";
}

/** `group/version` as in an object's apiVersion; the core group is the version alone. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** The URL path of all objects, of one namespace if given. @throws Error for a namespace on a cluster's resource */
export function collectionPath(resource: Resource, namespace?: string): string {
  const base = `${resource.group === "" ? "/api" : "/apis"}/${apiVersionOf(resource)}`;
  if (namespace === undefined || namespace === "") return `${base}/${resource.plural}`;
  if (resource.scope === "Cluster") {
    throw new Error(
      `${resource.plural} belong to the whole cluster, but a path in namespace "${namespace}" was asked for`,
    );
  }
  return `${base}/namespaces/${segment(namespace)}/${resource.plural}`;
}

/** The URL path of one object or of its subresource (`status`). @throws Error when the name fits no path or lacks its namespace */
export function objectPath(resource: Resource, object: NamespacedName, subresource?: string): string {
  if (resource.scope === "Namespaced" && (object.namespace === undefined || object.namespace === "")) {
    throw new Error(`the path of ${resource.kind} "${object.name}" was asked for without its namespace`);
  }
  const path = `${collectionPath(resource, object.namespace)}/${segment(object.name)}`;
  return subresource === undefined ? path : `${path}/${segment(subresource)}`;
}

/** One segment of a path; `.` and `..` would climb out of it when the URL is made. */
function segment(text: string): string {
  if (text === "" || text === "." || text === "..")
    throw new Error(`"${text}" cannot name an object in a path`);
  return encodeURIComponent(text);
}
