import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { Pod } from "./kubernetes-types.ts";
import type { TokenProjection } from "./volume-files.ts";

interface IssuedToken {
  readonly token: string;
  /** The time at which it must be renewed, in ms since 1970. */
  readonly renewAt: number;
}

const DEFAULT_LIFE_S = 3_600;
/** The longest time that a kubelet keeps a token, in ms. */
const LONGEST_MS = 24 * 3_600_000;

/**
 * The time at which a token that was issued at `issuedAt` (ms) for `lifeSeconds` is renewed: after 80 % of its
 * lifetime, and after one day at the latest.
 */
export function renewalTime(issuedAt: number, lifeSeconds: number): number {
  return issuedAt + Math.min(lifeSeconds * 800, LONGEST_MS);
}

/** The ServiceAccount tokens of one pod: bound to the pod, requested by TokenRequest, and renewed in time. */
export class PodTokens {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #issued = new Map<string, IssuedToken>();

  constructor(client: KubeClient, pod: Pod) {
    this.#client = client;
    this.#pod = pod;
  }

  /** Makes sure that each of them has a fresh token. @throws as KubeClient does */
  async renew(projections: readonly TokenProjection[]): Promise<void> {
    await Promise.all(
      projections.map(async (projection) => {
        const issued = this.#issued.get(keyOf(projection));
        if (!issued || Date.now() >= issued.renewAt)
          this.#issued.set(keyOf(projection), await this.#issue(projection));
      }),
    );
  }

  /** A token that `renew` has requested. */
  token(projection: TokenProjection): string {
    const issued = this.#issued.get(keyOf(projection));
    if (!issued)
      throw new Error(
        `the token for ${projection.path} of pod ${this.#pod.metadata.name} was read before it was requested`,
      );
    return issued.token;
  }

  /** Time until the first renewal, in ms; `undefined` without tokens. */
  untilRenewal(): number | undefined {
    const times = [...this.#issued.values()].map(({ renewAt }) => renewAt);
    return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - Date.now());
  }

  async #issue({ audience, expirationSeconds = DEFAULT_LIFE_S }: TokenProjection): Promise<IssuedToken> {
    const { namespace, name, uid } = this.#pod.metadata;
    const account = this.#pod.spec.serviceAccountName ?? "default";
    const issuedAt = Date.now();
    const answer = await this.#client.create<{ status: { token: string } }>(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    );
    return { token: answer.status.token, renewAt: renewalTime(issuedAt, expirationSeconds) };
  }
}

function keyOf({ audience = "", expirationSeconds = DEFAULT_LIFE_S }: TokenProjection): string {
  return `${expirationSeconds}/${audience}`;
}
