import { hasStatus } from "../client/api-error.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { apiVersionOf, objectPath, type Resource } from "../client/resource.ts";

/** Leases of the leader election. */
const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  scope: "Namespaced",
};

/** The holder of a lease. Kubernetes API reference, LeaseSpec; times are MicroTime. */
export interface LeaseRecord {
  /** Empty if it has no holder. */
  readonly holderIdentity?: string | undefined;
  /** How long others wait after they saw it change. */
  readonly leaseDurationSeconds?: number | undefined;
  readonly acquireTime?: string | undefined;
  readonly renewTime?: string | undefined;
  /** How often the holder has changed. */
  readonly leaseTransitions?: number | undefined;
}

/** A Lease of the API server. */
export interface Lease extends KubernetesObject {
  readonly spec?: LeaseRecord | undefined;
}

/** The object that a Lease is deleted with. Kubernetes API reference, OwnerReference. */
export interface LeaseOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** Options of a LeaseLock. */
export interface LeaseLockOptions {
  readonly client: Pick<KubeClient, "get" | "update">;
  readonly namespace: string;
  readonly name: string;
  /**
   * The holder's own pod. When the pod is gone, the garbage collector deletes the Lease, also if the holder could not release
   * it. @default none: others wait until the lease expires
   */
  readonly owner?: LeaseOwner | undefined;
}

/**
 * Reads and writes one Lease. Needs the verbs get, create and update on that name only: a PUT creates a missing Lease,
 * and unlike with a POST, RBAC can check its name.
 */
export class LeaseLock {
  readonly #client: LeaseLockOptions["client"];
  readonly #object: { readonly namespace: string; readonly name: string };
  readonly #path: string;
  #owner: LeaseOwner | undefined;

  constructor({ client, namespace, name, owner }: LeaseLockOptions) {
    this.#client = client;
    this.#owner = owner;
    this.#object = { namespace, name };
    this.#path = objectPath(LEASES, this.#object);
  }

  /** Name of the Lease. */
  get name(): string {
    return this.#object.name;
  }

  /** The lease; undefined if there is none. @throws as KubeClient.get */
  async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#client.get<Lease>(this.#path, { signal });
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  }

  /**
   * Writes the record over the lease that was read, or creates it if there was none. @throws ApiError 409 if somebody
   * has written it since, 422 if somebody has created it since; otherwise as KubeClient.update
   */
  async write(record: LeaseRecord, seen: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    try {
      return await this.#put(record, seen, signal);
    } catch (error) {
      if (this.#owner === undefined || !hasStatus(error, 403)) throw error;
      // OwnerReferencesPermissionEnforcement lets only those set an owner who may delete the object. The owner is not worth that.
      this.#owner = undefined;
      return await this.#put(record, seen, signal);
    }
  }

  #put(record: LeaseRecord, seen: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    // Keeps fields of others, such as labels.
    const metadata = {
      ...(seen?.metadata ?? this.#object),
      ...(this.#owner === undefined ? {} : { ownerReferences: [this.#owner] }),
    };
    const body = { apiVersion: apiVersionOf(LEASES), kind: LEASES.kind, metadata, spec: record };
    return this.#client.update<Lease>(this.#path, body, { signal });
  }
}

/** RFC 3339 with six decimals, the only MicroTime that the API server accepts. @param time ms since the epoch */
export function microTime(time: number): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}
