import { readFile } from "node:fs/promises";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";

/** One answered request, as the API server wrote it down. Kubernetes: audit.k8s.io/v1 Event. */
export interface AuditEntry {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: {
    readonly username?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/** Everything that was asked of the API server since its start; health checks are left out. */
export async function auditLog({
  controlPlane,
}: Pick<Sandbox, "controlPlane">): Promise<readonly AuditEntry[]> {
  const lines = (await readFile(controlPlane.auditLog, "utf8")).split("\n");
  // The text after the last line feed is still being written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as AuditEntry);
}

/**
 * The permissions that a request took, as `verb group/resource`. An apply or a PUT to an object that is not there takes
 * `create` besides `patch` or `update`; the audit log shows it as one that was answered 201.
 */
export function permissionsOf({
  verb,
  objectRef,
  responseStatus,
  requestURI,
}: AuditEntry): readonly string[] {
  if (objectRef === undefined) return [`${verb} ${requestURI}`];
  const { resource, subresource, apiGroup = "" } = objectRef;
  const name = permissionOf({
    verb,
    apiGroup,
    resource: subresource ? `${resource}/${subresource}` : resource,
  });
  const isCreation = (verb === "patch" || verb === "update") && responseStatus?.code === 201;
  return isCreation ? [name, name.replace(/^(patch|update)/, "create")] : [name];
}

/** One triple of an RBAC rule, as text. */
export function permissionOf(rule: {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
}): string {
  return `${rule.verb} ${rule.apiGroup}/${rule.resource}`;
}
