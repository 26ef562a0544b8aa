import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { hasStatus } from "@rotated-secrets/kube-runtime/client/api-error";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { objectPath } from "@rotated-secrets/kube-runtime/client/resource";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { SharedFlights } from "@rotated-secrets/kube-runtime/time/shared-flights";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import { type LRU, lru } from "tiny-lru";
import { z } from "zod";
import { ROLE_ARN_ANNOTATION } from "../api/aws-identity.ts";
import type { ServiceAccountReading, ServiceAccounts, TokenOutcome } from "../ports/service-accounts.ts";
import type { NamespacedName } from "../ports/target-secrets.ts";
import { SERVICE_ACCOUNTS } from "./api-server/api-resources.ts";

/** Options of KubernetesServiceAccounts. */
export interface KubernetesServiceAccountsOptions {
  readonly client: Pick<KubeClient, "get" | "create">;
  readonly clock: Clock;
}

/** Audience of the tokens: `aud` in the role's trust policy. EKS user guide, "IAM roles for service accounts". */
const AUDIENCE = "sts.amazonaws.com";
/** The shortest lifetime that the API server allows; the token is used once, immediately. Kubernetes API reference, TokenRequest. */
const TOKEN_SECONDS = 600;
/** How long the reading of a ServiceAccount in use is valid. */
const RECENT_MS = 300_000;
/** How long a reading is valid for callers that wait for a change: many resources can wait for the same account. */
const A_MOMENT_MS = 15_000;
/** Readings that are kept. The names come from users, who can write any number of them. */
const MAX_READINGS = 10_000;

const accountSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
const tokenSchema = z.object({ status: z.object({ token: z.string().min(1) }) });

interface Reading {
  readonly reading: ServiceAccountReading;
  /** By the monotonic clock. */
  readonly at: number;
}

/** ServiceAccounts at the API server. Needs the verbs get on serviceaccounts and create on serviceaccounts/token. */
export class KubernetesServiceAccounts implements ServiceAccounts {
  readonly #client: KubernetesServiceAccountsOptions["client"];
  readonly #clock: Clock;
  readonly #readings: LRU<Reading> = lru(MAX_READINGS);
  readonly #flights = new SharedFlights<ServiceAccountReading>();
  readonly #listeners = new Set<(account: NamespacedName) => void>();

  constructor({ client, clock }: KubernetesServiceAccountsOptions) {
    this.#client = client;
    this.#clock = clock;
  }

  cached(account: NamespacedName): ServiceAccountReading | undefined {
    return this.#readings.get(keyOf(account))?.reading;
  }

  async read(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading> {
    return this.#within(A_MOMENT_MS, account, signal);
  }

  async recent(account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading> {
    const isPresent = this.cached(account)?.kind === "present";
    return this.#within(isPresent ? RECENT_MS : A_MOMENT_MS, account, signal);
  }

  async token(account: NamespacedName, signal: AbortSignal): Promise<TokenOutcome> {
    const path = objectPath(SERVICE_ACCOUNTS, account, "token");
    const request = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences: [AUDIENCE], expirationSeconds: TOKEN_SECONDS },
    };
    try {
      const { status } = tokenSchema.parse(await this.#client.create<unknown>(path, request, { signal }));
      return { kind: "token", token: new SecretValue(status.token) };
    } catch (error) {
      if (hasStatus(error, 404)) return { kind: "absent" };
      if (hasStatus(error, 403)) return { kind: "refused" };
      throw error;
    }
  }

  onChange(listener: (account: NamespacedName) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #within(ms: number, account: NamespacedName, signal: AbortSignal): Promise<ServiceAccountReading> {
    const held = this.#readings.get(keyOf(account));
    if (held !== undefined && this.#clock.monotonic() - held.at < ms) return held.reading;
    // The resources of a tenant ask together. No caller's signal aborts the request that they share.
    const { namespace, name } = account;
    const reading = this.#flights.join(keyOf(account), () => this.#readNow({ namespace, name }));
    return untilAborted(reading, signal);
  }

  async #readNow(account: NamespacedName): Promise<ServiceAccountReading> {
    const reading = await this.#ask(account);
    this.#keep(account, reading);
    return reading;
  }

  async #ask(account: NamespacedName): Promise<ServiceAccountReading> {
    try {
      const object = await this.#client.get<unknown>(objectPath(SERVICE_ACCOUNTS, account));
      const { uid, deletionTimestamp, annotations } = accountSchema.parse(object).metadata;
      if (deletionTimestamp !== undefined) return { kind: "absent" };
      const roleArn = annotations[ROLE_ARN_ANNOTATION];
      return roleArn === undefined ? { kind: "present", uid } : { kind: "present", uid, roleArn };
    } catch (error) {
      if (hasStatus(error, 404)) return { kind: "absent" };
      if (hasStatus(error, 403)) return { kind: "refused", why: error.answer };
      throw error;
    }
  }

  #keep(account: NamespacedName, reading: ServiceAccountReading): void {
    const key = keyOf(account);
    const before = this.#readings.get(key)?.reading;
    this.#readings.set(key, { reading, at: this.#clock.monotonic() });
    if (before !== undefined && !isSame(before, reading))
      for (const listener of this.#listeners) listener(account);
  }
}

function isSame(a: ServiceAccountReading, b: ServiceAccountReading): boolean {
  if (a.kind === "present" && b.kind === "present") return a.uid === b.uid && a.roleArn === b.roleArn;
  return a.kind === b.kind;
}
