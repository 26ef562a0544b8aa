import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { TokenBucket } from "@rotated-secrets/kube-runtime/time/token-bucket";
import type { AwsService, ClientSettings, Credentials, SdkClient } from "./aws-service.ts";
import type { AwsSession } from "./sessions.ts";
import { Slots } from "./slots.ts";

/** The common parts of all places of a service. */
export interface PlaceOptions {
  readonly clock: Clock;
  /** The operator's version, for the user agent. */
  readonly version: string;
}

/** Calls that run at the same time in one place. As many sockets are kept open. */
const CONCURRENT_CALLS = 32;
const CONNECTION_TIMEOUT_MS = 1_900;
const REQUEST_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;

/** The clients that sign with the keys of one identity. */
interface IdentityClients<Client> {
  readonly retried: Promise<Client>;
  once: Promise<Client> | undefined;
}

/**
 * One service in one region of one account. All identities of the account share AWS's quotas, and so they share the rate,
 * the slots and the sockets here. Each has clients of its own, as each request is signed.
 */
export class Place<Client extends SdkClient, Operation extends string> {
  readonly slots = new Slots(CONCURRENT_CALLS);
  readonly #service: AwsService<Client, Operation>;
  readonly #region: string;
  readonly #options: PlaceOptions;
  readonly #buckets = new Map<Operation, TokenBucket>();
  readonly #agents = {
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: CONCURRENT_CALLS }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: CONCURRENT_CALLS }),
  };
  /** By session, so that they go with it; the operator's own clients by the place itself. */
  readonly #clients = new WeakMap<object, IdentityClients<Client>>();

  constructor(service: AwsService<Client, Operation>, region: string, options: PlaceOptions) {
    this.#service = service;
    this.#region = region;
    this.#options = options;
  }

  /** Resolves when the rate limit of the operation lets the caller through. @throws the signal's reason */
  async turn(operation: Operation, signal: AbortSignal): Promise<void> {
    const { limit } = this.#service.operations[operation];
    const bucket = this.#buckets.get(operation) ?? new TokenBucket(this.#options.clock, limit);
    this.#buckets.set(operation, bucket);
    await bucket.take(signal);
  }

  /** The client for this operation that signs with the keys of the session, or with the operator's own keys. */
  client(operation: Operation, session: AwsSession | undefined): Promise<Client> {
    const clients = this.#clientsOf(session);
    if (this.#service.operations[operation].attempts === "retried") return clients.retried;
    // The operator's own keys are found once, by the first client.
    clients.once ??= clients.retried.then(({ config }) => this.#connect(1, config.credentials));
    return clients.once;
  }

  /** Closes all sockets. Calls that are running fail. */
  close(): void {
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }

  #clientsOf(session: AwsSession | undefined): IdentityClients<Client> {
    const owner = session ?? this;
    const known = this.#clients.get(owner);
    if (known !== undefined) return known;
    const credentials = session === undefined ? undefined : keysOf(session);
    const clients = { retried: this.#connect(ATTEMPTS, credentials), once: undefined };
    this.#clients.set(owner, clients);
    return clients;
  }

  #connect(maxAttempts: number, credentials: Credentials | undefined): Promise<Client> {
    const settings: ClientSettings = {
      region: this.#region,
      retryMode: "standard",
      maxAttempts,
      customUserAgent: [["rotated-secrets", this.#options.version]],
      requestHandler: {
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        socketTimeout: REQUEST_TIMEOUT_MS,
        ...this.#agents,
      },
    };
    return this.#service.connect(credentials === undefined ? settings : { ...settings, credentials });
  }
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: AwsSession): Credentials {
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken.reveal(),
  };
}
