import { hasStatus } from "../client/api-error.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { apiVersionOf, objectPath, type Resource } from "../client/resource.ts";

/** Leases, by which replicas agree on who leads. */
const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  scope: "Namespaced",
};

/** Who holds a lease. Kubernetes API reference, LeaseSpec; times are MicroTime. */
export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holderIdentity?: string | undefined;
  /** For how long others leave it alone after they saw it change. */
  readonly leaseDurationSeconds?: number | undefined;
  readonly acquireTime?: string | undefined;
  readonly renewTime?: string | undefined;
  /** How often the holder has changed. */
  readonly leaseTransitions?: number | undefined;
}

/** A lease as the API server has it. */
export interface Lease extends KubernetesObject {
  readonly spec?: LeaseRecord | undefined;
}

/** What a lock works with. */
export interface LeaseLockOptions {
  readonly client: Pick<KubeClient, "get" | "update">;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads and writes one Lease. Needs get, create and update on that name only: a PUT makes a Lease that is not there,
 * and RBAC knows its name then, which it does not of a POST.
 */
export class LeaseLock {
  readonly #client: LeaseLockOptions["client"];
  readonly #object: { readonly namespace: string; readonly name: string };
  readonly #path: string;

  constructor({ client, namespace, name }: LeaseLockOptions) {
    this.#client = client;
    this.#object = { namespace, name };
    this.#path = objectPath(LEASES, this.#object);
  }

  get name(): string {
    return this.#object.name;
  }

  /** The lease; undefined when there is none. @throws as KubeClient.get */
  async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#client.get<Lease>(this.#path, { signal });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /**
   * Writes the record over the lease that was seen, or makes it where none was. @throws ApiError 409 when somebody wrote
   * it since, 422 when somebody made it since; else as KubeClient.update
   */
  write(record: LeaseRecord, seen: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    // What others wrote on it, such as labels, stays.
    const metadata = seen?.metadata ?? this.#object;
    const body = { apiVersion: apiVersionOf(LEASES), kind: LEASES.kind, metadata, spec: record };
    return this.#client.update<Lease>(this.#path, body, { signal });
  }
}

/** RFC 3339 with six digits behind the second, the only form that the API server takes of a MicroTime. @param time ms since the epoch */
export function microTime(time: number): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}
