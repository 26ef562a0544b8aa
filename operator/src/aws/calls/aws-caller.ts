import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { deadline } from "@rotated-secrets/kube-runtime/time/deadline";
import { type LRU, lru } from "tiny-lru";
import type { AwsScope } from "../../ports/aws-scope.ts";
import { type Answer, failure } from "./answer.ts";
import type { AwsService, SdkClient } from "./aws-service.ts";
import { failureOf } from "./call-failure.ts";
import { Place } from "./place.ts";
import type { AwsSession, Sessions } from "./sessions.ts";

/** Called at the end of every call. `code` is `OK` or AWS's error code. */
export type CallObserver = (operation: string, code: string, milliseconds: number) => void;

/** How the operator calls AWS. */
export interface AwsCallerOptions {
  readonly clock: Clock;
  /** The operator's version, for the user agent. */
  readonly version: string;
  /** Sessions of all identities other than the operator's own. @default none: their calls are denied */
  readonly sessions?: Sessions;
  /** @default calls are not observed */
  readonly observe?: CallObserver;
  /** The time that a call may take, retries included, in ms. @default 20_000 */
  readonly deadlineMs?: number;
}

/** One call: sends a command by the client. @throws what the SDK throws */
export type Send<Client, T> = (
  client: Client,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Answer<T>>;

/** Regions of accounts. The authors of RotatedSecrets decide how many are in use. */
const MAX_PLACES = 256;
const DEADLINE_MS = 20_000;

/** AWS does not know the keys of the session any more, or not yet. */
const SESSION_IS_OVER = /^(ExpiredToken|UnrecognizedClient)(Exception)?$|^InvalidClientTokenId$/;

const NO_SESSIONS: Sessions = {
  of: () => Promise.resolve(failure({ kind: "denied", operation: "SecretAccessPolicy", code: "NotAllowed" })),
  drop: () => {},
};

/**
 * The only way to call a service of AWS. It finds the session to sign with, waits for the rate limit and for a slot, sets a
 * deadline, reports the call to the observer, and removes everything from errors that must not be shown.
 */
export class AwsCaller<Client extends SdkClient, Operation extends string> {
  readonly #service: AwsService<Client, Operation>;
  readonly #options: AwsCallerOptions;
  readonly #sessions: Sessions;
  readonly #places: LRU<Place<Client, Operation>>;

  constructor(service: AwsService<Client, Operation>, options: AwsCallerOptions) {
    this.#service = service;
    this.#options = options;
    this.#sessions = options.sessions ?? NO_SESSIONS;
    this.#places = lru<Place<Client, Operation>>(MAX_PLACES).onEvict(({ value }) => value.close());
  }

  /** Calls AWS with the rights of the scope. @throws only the reason of `signal` */
  async call<T>(
    operation: Operation,
    { region, identity }: AwsScope,
    signal: AbortSignal,
    send: Send<Client, T>,
  ): Promise<Answer<T>> {
    const session =
      identity.kind === "Operator" ? undefined : await this.#sessions.of(identity, region, signal);
    if (session?.kind === "problem") return session;
    const place = this.#placeOf(region, session?.value);
    // A caller that waits for the rate limit does not hold a slot.
    await place.turn(operation, signal);
    return await place.slots.run(async () => {
      const result = await this.#observed(operation, signal, async (abortSignal) =>
        send(await place.client(operation, session?.value), { abortSignal }),
      );
      if (session !== undefined && isOver(result)) this.#sessions.drop(session.value);
      return result;
    });
  }

  /** Closes all sockets. Calls that are running fail. */
  close(): void {
    this.#places.forEach((place) => {
      place.close();
    });
    this.#places.clear();
  }

  async #observed<T>(
    operation: Operation,
    signal: AbortSignal,
    send: (signal: AbortSignal) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    signal.throwIfAborted();
    const { clock, observe, deadlineMs = DEADLINE_MS } = this.#options;
    const { sentences } = this.#service.operations[operation];
    const startedAt = clock.monotonic();
    const limit = deadline(clock, deadlineMs, operation, signal);
    try {
      const result = await send(limit.signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return failureOf(operation, limit.signal.aborted ? limit.signal.reason : error, sentences);
      });
      observe?.(operation, codeOf(result), clock.monotonic() - startedAt);
      return result;
    } finally {
      limit.release();
    }
  }

  #placeOf(region: string, session: AwsSession | undefined): Place<Client, Operation> {
    const key = `${region} ${session?.accountId ?? "operator"}`;
    const known = this.#places.get(key);
    const place = known ?? new Place(this.#service, region, this.#options);
    if (known === undefined) this.#places.set(key, place);
    return place;
  }
}

function codeOf(result: Answer<unknown>): string {
  return result.kind === "problem" ? result.problem.code : "OK";
}

function isOver(result: Answer<unknown>): boolean {
  return SESSION_IS_OVER.test(codeOf(result));
}
