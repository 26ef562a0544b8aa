import type { NamespacedName } from "./kubernetes-object.ts";

/** A resource of the API server. */
export interface Resource {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As in the URL: `deployments`. */
  readonly plural: string;
  readonly kind: string;
  readonly scope: "Namespaced" | "Cluster";
}

/** `group/version`, as in an object's apiVersion; in the core group the version alone. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** The URL path of all objects, or of those in a namespace. @throws Error for a namespace on a cluster-scoped resource */
export function collectionPath(resource: Resource, namespace?: string): string {
  const base = `${resource.group === "" ? "/api" : "/apis"}/${apiVersionOf(resource)}`;
  if (namespace === undefined || namespace === "") return `${base}/${resource.plural}`;
  if (resource.scope === "Cluster") {
    throw new Error(
      `${resource.plural} are cluster-scoped, but a path in namespace "${namespace}" was requested`,
    );
  }
  return `${base}/namespaces/${segment(namespace)}/${resource.plural}`;
}

/**
 * The URL path of an object, or of its subresource such as `status`.
 * @throws Error if the name cannot be used in a path, or the namespace is missing
 */
export function objectPath(resource: Resource, object: NamespacedName, subresource?: string): string {
  if (resource.scope === "Namespaced" && (object.namespace === undefined || object.namespace === "")) {
    throw new Error(`the path of ${resource.kind} "${object.name}" was requested without a namespace`);
  }
  const path = `${collectionPath(resource, object.namespace)}/${segment(object.name)}`;
  return subresource === undefined ? path : `${path}/${segment(subresource)}`;
}

/** One segment of a path. `.` and `..` are rejected: a URL parser would resolve them. */
function segment(text: string): string {
  if (text === "" || text === "." || text === "..")
    throw new Error(`"${text}" cannot name an object in a path`);
  return encodeURIComponent(text);
}
