import {
  type Answer,
  json,
  page,
  type SeenRequest,
  send,
  status,
} from "@rotated-secrets/kube-runtime/testing/fake-api-server";

/** Objects of a fake cluster, by the plural of their kind. */
export type FakeObjects = Readonly<Record<string, readonly object[]>>;

/**
 * For tests: the answers of an API server that lists these objects, whose watches bring nothing, and that keeps one
 * Lease as a real one does: a write over another resourceVersion is a conflict.
 */
export function fakeCluster(objects: FakeObjects = {}, holder?: string): Answer {
  let version = 1;
  let lease = holder === undefined ? undefined : fakeLease(holder, version);
  const write = ({ body }: SeenRequest): boolean => {
    const { metadata, spec } = JSON.parse(body) as ReturnType<typeof fakeLease>;
    if (metadata.resourceVersion !== lease?.metadata.resourceVersion) return false;
    version += 1;
    lease = { metadata: { ...metadata, resourceVersion: String(version) }, spec };
    return true;
  };
  return (request, response) => {
    const { method, path, query } = request;
    if (path.includes("/leases/")) {
      if (method === "PUT" && !write(request)) status(response, 409, "Conflict");
      else if (lease === undefined) status(response, 404, "NotFound");
      else json(response, 200, lease);
    } else if (query.watch) send(response);
    else page(response, "10", [...(objects[path.slice(path.lastIndexOf("/") + 1)] ?? [])]);
  };
}

/** A Lease of the operator that this replica holds. */
export function fakeLease(holderIdentity: string, version: number) {
  const metadata = { name: "rotated-secrets", resourceVersion: String(version) };
  return { metadata, spec: { holderIdentity, leaseDurationSeconds: 15 } };
}

/** A RotatedSecret as the API server lists it. */
export function fakeRotatedSecret(name: string, secretId: string): object {
  return {
    metadata: {
      ...{ namespace: "shop", name, uid: `uid-${name}`, resourceVersion: "5", generation: 1 },
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: { secretId },
  };
}
