import { ApiError, ConnectionError } from "@rotated-secrets/kube-runtime/client/api-error";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { deadline } from "@rotated-secrets/kube-runtime/time/deadline";
import { KeyedRateLimit } from "@rotated-secrets/kube-runtime/time/keyed-rate-limit";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import { SharedFlights } from "@rotated-secrets/kube-runtime/time/shared-flights";
import { untilAborted } from "@rotated-secrets/kube-runtime/time/until-aborted";
import { ROLE_ARN_PATTERN, type ServiceAccountIdentity } from "../../api/aws-identity.ts";
import type { IdentityOperation } from "../../ports/aws-problem.ts";
import type { ServiceAccounts } from "../../ports/service-accounts.ts";
import type { Answer, CallFailure } from "../calls/answer.ts";
import type { AssumeRole, AwsSession, Sessions } from "../calls/sessions.ts";
import { SessionCache } from "./session-cache.ts";

const ROLE_ARN = new RegExp(ROLE_ARN_PATTERN);

/**
 * Sessions that one namespace may start. A role that works needs one an hour; a namespace that names a thousand roles must
 * not use up the operator's requests. Callers beyond the limit do not wait, as that would hold up a worker.
 */
const SESSIONS_PER_NAMESPACE = { burst: 30, perSecond: 3 };

/** Whether the policies allow a namespace to assume this role or, without a role, any role. */
export type MayAssume = (namespace: string, roleArn: string | undefined) => boolean;

/** The parts of the sessions. */
export interface ServiceAccountSessionsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly accounts: Pick<ServiceAccounts, "recent" | "token">;
  readonly mayAssume: MayAssume;
  readonly assumeRole: AssumeRole;
  /** The time for token and role together, in ms. @default 20_000 */
  readonly deadlineMs?: number;
}

/** The owner of a session. A ServiceAccount with the same name and a different UID is a different owner. */
interface Bearer {
  readonly identity: ServiceAccountIdentity;
  readonly uid: string;
  readonly roleArn: string;
  readonly region: string;
}

/**
 * Starts and keeps sessions of ServiceAccounts: a token by TokenRequest, then the role by AssumeRoleWithWebIdentity. Every
 * call of AWS in a tenant's name asks here for its session. The policies are checked each time, also for a session that is
 * kept.
 */
export class ServiceAccountSessions implements Sessions {
  readonly #options: ServiceAccountSessionsOptions;
  readonly #cache: SessionCache;
  readonly #namespaceRateLimit: KeyedRateLimit;
  readonly #flights = new SharedFlights<Answer<AwsSession>>();
  readonly #lifetime = new AbortController();

  constructor(options: ServiceAccountSessionsOptions) {
    this.#options = options;
    this.#cache = new SessionCache(options.clock, options.random);
    this.#namespaceRateLimit = new KeyedRateLimit(options.clock, SESSIONS_PER_NAMESPACE);
  }

  async of(
    identity: ServiceAccountIdentity,
    region: string,
    signal: AbortSignal,
  ): Promise<Answer<AwsSession>> {
    signal.throwIfAborted();
    const found = await this.#bearer(identity, region, signal);
    if (found.kind === "problem") return found;
    const key = keyOf(found.value);
    const held = this.#cache.get(key);
    if (held !== undefined && !held.isDue) return held.answer;
    const start = () => this.#start(key, found.value);
    const begun = await untilAborted(this.#flights.join(key, start), signal);
    // Sessions are renewed early. The one that still works is used while AWS is away.
    const isAway = begun.kind === "problem" && begun.problem.kind === "unavailable";
    return isAway && held?.answer.kind === "answer" ? held.answer : begun;
  }

  drop(session: AwsSession): void {
    this.#cache.drop(session);
  }

  /** Ends the requests that are running. Callers that wait get an AbortError. */
  stop(): void {
    this.#lifetime.abort();
  }

  /** Checks in the order of cost, and so that a refusal discloses least: policy, ServiceAccount, role. */
  async #bearer(
    identity: ServiceAccountIdentity,
    region: string,
    signal: AbortSignal,
  ): Promise<Answer<Bearer>> {
    const { accounts, mayAssume } = this.#options;
    const { namespace } = identity;
    if (!mayAssume(namespace, identity.roleArn)) return denied("SecretAccessPolicy", "NotAllowed");
    const reading = await this.#ask("GetServiceAccount", accounts.recent(identity, signal), signal);
    if ("problem" in reading) return reading;
    if (reading.kind === "absent") return denied("GetServiceAccount", "NotFound");
    if (reading.kind === "refused") return denied("GetServiceAccount", "Forbidden");
    const roleArn = identity.roleArn ?? reading.roleArn;
    if (roleArn === undefined || !ROLE_ARN.test(roleArn)) return denied("GetServiceAccount", "NoRoleArn");
    if (!mayAssume(namespace, roleArn)) return denied("SecretAccessPolicy", "NotAllowed");
    return { kind: "answer", value: { identity, uid: reading.uid, roleArn, region } };
  }

  async #start(key: string, bearer: Bearer): Promise<Answer<AwsSession>> {
    const answer = await this.#begin(bearer);
    this.#cache.put(key, answer);
    return answer;
  }

  async #begin(bearer: Bearer): Promise<Answer<AwsSession>> {
    if (!this.#namespaceRateLimit.tryTake(bearer.identity.namespace))
      return unavailable("TokenRequest", "TooManyIdentities");
    const { clock, deadlineMs = 20_000 } = this.#options;
    const limit = deadline(clock, deadlineMs, "AssumeRoleWithWebIdentity", this.#lifetime.signal);
    const { signal } = limit;
    try {
      return await this.#assume(bearer, signal);
    } catch (error) {
      this.#lifetime.signal.throwIfAborted();
      if (!signal.aborted) throw error;
      return unavailable("AssumeRoleWithWebIdentity", "DeadlineExceeded");
    } finally {
      limit.release();
    }
  }

  async #assume({ identity, roleArn, region }: Bearer, signal: AbortSignal): Promise<Answer<AwsSession>> {
    const { accounts, assumeRole } = this.#options;
    const outcome = await this.#ask("TokenRequest", accounts.token(identity, signal), signal);
    if ("problem" in outcome) return outcome;
    if (outcome.kind === "absent") return denied("TokenRequest", "NotFound");
    if (outcome.kind === "refused") return denied("TokenRequest", "Forbidden");
    const sessionName = sessionNameOf(identity);
    return await assumeRole({ region, roleArn, sessionName, token: outcome.token }, signal);
  }

  /** The API server's answer, or the problem that it did not answer. @throws the signal's reason, and errors that are bugs */
  async #ask<T>(
    operation: IdentityOperation,
    answer: Promise<T>,
    signal: AbortSignal,
  ): Promise<T | CallFailure> {
    try {
      return await answer;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiError) return unavailable(operation, error.reason);
      if (error instanceof ConnectionError) return unavailable(operation, error.reason);
      throw error;
    }
  }
}

function keyOf({ identity, uid, roleArn, region }: Bearer): string {
  return [identity.namespace, identity.name, uid, roleArn, region].join(" ");
}

/** AWS: AssumeRoleWithWebIdentity API reference, RoleSessionName: `[\w+=,.@-]`, 2 to 64 characters. */
function sessionNameOf({ namespace, name }: ServiceAccountIdentity): string {
  return `rotated-secrets@${namespace}.${name}`.slice(0, 64);
}

function denied(operation: IdentityOperation, code: string): CallFailure {
  return { kind: "problem", problem: { kind: "denied", operation, code } };
}

function unavailable(operation: IdentityOperation, code: string): CallFailure {
  return { kind: "problem", problem: { kind: "unavailable", operation, code } };
}
