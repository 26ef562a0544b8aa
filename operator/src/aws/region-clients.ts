import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../runtime/clock.ts";
import { type RateLimit, TokenBucket } from "../runtime/token-bucket.ts";
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

/** Calls under way at a time in one region; as many sockets are kept. */
const CONCURRENT_CALLS = 32;
/** More regions than AWS has; which ones are used is decided by whoever writes RotatedSecrets. */
const MAX_REGIONS = 64;
const CONNECTION_TIMEOUT_MS = 1_900;
const REQUEST_TIMEOUT_MS = 5_000;

/** What calls in one region share. */
export interface RegionClient {
  /** For reads: the SDK tries them 3 times. */
  readonly reads: SecretsManagerClient;
  /** For RotateSecret, which must not be repeated unseen. */
  readonly once: SecretsManagerClient;
  readonly limits: Readonly<Record<Operation, TokenBucket>>;
  readonly slots: Slots;
}

/** One client for each region in use, over the SDK's default chain of credentials and endpoint settings. */
export class RegionClients {
  readonly #clients = new Map<string, RegionClient>();
  readonly #clock: Clock;
  readonly #version: string;
  readonly #limits: Readonly<Record<Operation, RateLimit>>;

  constructor(clock: Clock, version: string, limits: Readonly<Record<Operation, RateLimit>>) {
    this.#clock = clock;
    this.#version = version;
    this.#limits = limits;
  }

  /** The client of this region; the one that was not used for longest gives way when there are too many. */
  of(region: string): RegionClient {
    const client = this.#clients.get(region) ?? this.#make(region);
    this.#clients.delete(region);
    this.#clients.set(region, client);
    for (const [oldest, { reads, once }] of this.#clients) {
      if (this.#clients.size <= MAX_REGIONS) break;
      this.#clients.delete(oldest);
      destroy(reads, once);
    }
    return client;
  }

  /** Closes all sockets. */
  close(): void {
    for (const { reads, once } of this.#clients.values()) destroy(reads, once);
    this.#clients.clear();
  }

  #make(region: string): RegionClient {
    const reads = new SecretsManagerClient({
      ...this.#settings(region),
      retryMode: "standard",
      maxAttempts: 3,
    });
    const once = new SecretsManagerClient({
      ...this.#settings(region),
      maxAttempts: 1,
      credentials: reads.config.credentials,
    });
    const bucket = (operation: Operation) => new TokenBucket(this.#clock, this.#limits[operation]);
    return {
      reads,
      once,
      limits: {
        ListSecrets: bucket("ListSecrets"),
        BatchGetSecretValue: bucket("BatchGetSecretValue"),
        DescribeSecret: bucket("DescribeSecret"),
        GetSecretValue: bucket("GetSecretValue"),
        ListSecretVersionIds: bucket("ListSecretVersionIds"),
        RotateSecret: bucket("RotateSecret"),
      },
      slots: new Slots(CONCURRENT_CALLS),
    };
  }

  #settings(region: string) {
    const agent = { keepAlive: true, maxSockets: CONCURRENT_CALLS };
    return {
      region,
      customUserAgent: [["rotated-secrets", this.#version] satisfies [string, string]],
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_TIMEOUT_MS,
        httpAgent: agent,
        httpsAgent: agent,
      },
    };
  }
}

function destroy(...clients: readonly SecretsManagerClient[]): void {
  for (const client of clients) client.destroy();
}
