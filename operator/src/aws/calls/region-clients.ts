import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { type RateLimit, TokenBucket } from "@rotated-secrets/kube-runtime/time/token-bucket";
import type { AwsSession } from "./sessions.ts";
import { Slots } from "./slots.ts";

/** The operations that the operator calls, by AWS's names. */
export type Operation =
  | "ListSecrets"
  | "DescribeSecret"
  | "ListSecretVersionIds"
  | "BatchGetSecretValue"
  | "GetSecretValue"
  | "RotateSecret";

/**
 * How fast each operation is called in one region. AWS's quotas, which everybody in the account shares, are 100/s for
 * the list and the batch, 50/s for RotateSecret and ListSecretVersionIds, and 10,000/s and more for the others.
 */
export const DEFAULT_LIMITS: Readonly<Record<Operation, RateLimit>> = {
  ListSecrets: { perSecond: 25, burst: 25 },
  BatchGetSecretValue: { perSecond: 40, burst: 40 },
  DescribeSecret: { perSecond: 500, burst: 200 },
  GetSecretValue: { perSecond: 200, burst: 100 },
  ListSecretVersionIds: { perSecond: 15, burst: 15 },
  RotateSecret: { perSecond: 10, burst: 10 },
};

/** Calls under way at a time in one region of one account; as many sockets are kept. */
const CONCURRENT_CALLS = 32;
/** Regions of accounts; which ones are used is decided by whoever writes RotatedSecrets. */
const MAX_PLACES = 256;
const CONNECTION_TIMEOUT_MS = 1_900;
const REQUEST_TIMEOUT_MS = 5_000;

/** What is signed by one identity in one region. */
interface IdentityClients {
  /** For reads: the SDK tries them 3 times. */
  readonly reads: SecretsManagerClient;
  /** For RotateSecret, which must not be repeated unseen. */
  readonly once: SecretsManagerClient;
}

/** An identity's clients, and what it shares with the others of its account and region: AWS's quotas. */
export interface RegionClient extends IdentityClients {
  readonly limits: Readonly<Record<Operation, TokenBucket>>;
  readonly slots: Slots;
}

/** One region of one account: the operator's, whichever that is, or that of the roles that tenants assume. */
interface Place {
  readonly limits: RegionClient["limits"];
  readonly slots: Slots;
  /** The sockets of all its identities. Each request is signed by itself. */
  readonly agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
  /** By session, or under the place itself those of the operator. A session that nobody holds any more takes its clients along. */
  readonly clients: WeakMap<object, IdentityClients>;
}

/** The clients in use, over the SDK's endpoint settings; the operator's own over its default chain of credentials. */
export class RegionClients {
  /** In the order of their last use. */
  readonly #places = new Map<string, Place>();
  readonly #clock: Clock;
  readonly #version: string;
  readonly #limits: Readonly<Record<Operation, RateLimit>>;

  constructor(clock: Clock, version: string, limits: Readonly<Record<Operation, RateLimit>>) {
    this.#clock = clock;
    this.#version = version;
    this.#limits = limits;
  }

  /** The client of this region, for the operator itself where there is no session. The place that was not used for longest gives way when there are too many. */
  of(region: string, session: AwsSession | undefined): RegionClient {
    const place = this.#placeOf(`${region} ${session?.accountId ?? "operator"}`);
    const { clients, limits, slots } = place;
    const made = clients.get(session ?? place) ?? this.#make(region, place, session);
    clients.set(session ?? place, made);
    return { ...made, limits, slots };
  }

  /** Closes all sockets. */
  close(): void {
    for (const { agents } of this.#places.values()) destroy(agents);
    this.#places.clear();
  }

  #placeOf(key: string): Place {
    const place = this.#places.get(key) ?? this.#newPlace();
    this.#places.delete(key);
    this.#places.set(key, place);
    for (const [oldest, { agents }] of this.#places) {
      if (this.#places.size <= MAX_PLACES) break;
      this.#places.delete(oldest);
      destroy(agents);
    }
    return place;
  }

  #newPlace(): Place {
    const bucket = (operation: Operation) => new TokenBucket(this.#clock, this.#limits[operation]);
    const sockets = { keepAlive: true, maxSockets: CONCURRENT_CALLS };
    return {
      limits: {
        ListSecrets: bucket("ListSecrets"),
        BatchGetSecretValue: bucket("BatchGetSecretValue"),
        DescribeSecret: bucket("DescribeSecret"),
        GetSecretValue: bucket("GetSecretValue"),
        ListSecretVersionIds: bucket("ListSecretVersionIds"),
        RotateSecret: bucket("RotateSecret"),
      },
      slots: new Slots(CONCURRENT_CALLS),
      agents: { httpAgent: new HttpAgent(sockets), httpsAgent: new HttpsAgent(sockets) },
      clients: new WeakMap(),
    };
  }

  #make(region: string, { agents }: Place, session: AwsSession | undefined): IdentityClients {
    const settings = this.#settings(region, agents);
    const reads = new SecretsManagerClient({
      ...settings,
      retryMode: "standard",
      maxAttempts: 3,
      ...(session === undefined ? {} : { credentials: keysOf(session) }),
    });
    const credentials = session === undefined ? reads.config.credentials : keysOf(session);
    return { reads, once: new SecretsManagerClient({ ...settings, maxAttempts: 1, credentials }) };
  }

  #settings(region: string, agents: Place["agents"]) {
    return {
      region,
      customUserAgent: [["rotated-secrets", this.#version] satisfies [string, string]],
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_TIMEOUT_MS,
        ...agents,
      },
    };
  }
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: AwsSession) {
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken.reveal(),
  };
}

function destroy({ httpAgent, httpsAgent }: Place["agents"]): void {
  httpAgent.destroy();
  httpsAgent.destroy();
}
