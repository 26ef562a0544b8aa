import { randomUUID } from "node:crypto";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { delay } from "@rotated-secrets/kube-runtime/time/deadline";
import { AwsError } from "../aws-error.ts";
import type { CallJournal } from "../call-journal.ts";
import type { Faults } from "../faults.ts";
import type { Quotas } from "../quotas.ts";
import type { Roles } from "../sts/roles.ts";
import type { Api, ApiCall, Caller } from "./api.ts";
import { credentialScopeOf, requireScope } from "./authorization.ts";
import type { HttpAnswer, HttpRequest } from "./message.ts";

export interface GatewayOptions {
  readonly apis: readonly Api[];
  readonly region: string;
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly faults: Faults;
  readonly journal: CallJournal;
  /** The roles whose sessions callers may use. */
  readonly roles: Roles;
  /** Undefined if calls are not throttled. */
  readonly quotas: Quotas | undefined;
  /** Aborts the latency of answers that are waiting. */
  readonly stopping: AbortSignal;
}

/** The common part of all services: authentication, scripted faults, quotas, the journal and latency. */
export class Gateway {
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Answers a request. The change takes effect at once; only the answer is delayed. */
  async answer(request: HttpRequest): Promise<HttpAnswer> {
    const { apis, clock, latencyMs, stopping } = this.#options;
    const at = clock.now();
    const api = apis.find((candidate) => candidate.accepts(request));
    const answer = api === undefined ? notAnApi() : await this.#call(api, request, at);
    if (latencyMs > 0) await delay(clock, latencyMs, stopping);
    return { ...answer, headers: { "x-amzn-requestid": randomUUID(), ...answer.headers } };
  }

  async #call(api: Api, request: HttpRequest, at: number): Promise<HttpAnswer> {
    let accessKeyId = "";
    let call: ApiCall | undefined;
    let errorCode: string | undefined;
    try {
      call = api.read(request);
      const caller = call.signature === "none" ? { accessKeyId } : this.#callerOf(api, request);
      accessKeyId = caller.accessKeyId;
      if (this.#options.quotas?.admits(call.operation) === false) throw throttled();
      const fault = this.#options.faults.take({ ...call, accessKeyId });
      if (fault !== undefined) throw fault;
      return this.#note(at, accessKeyId, call, await call.run(caller));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      errorCode = error.code;
      return this.#note(at, accessKeyId, call, api.refuse(error), errorCode);
    }
  }

  /** @throws AwsError if the request is not signed for this service and region, or if its key is unknown */
  #callerOf(api: Api, { headers }: HttpRequest): Caller {
    const { region, roles, clock } = this.#options;
    const scope = credentialScopeOf(headers.authorization);
    requireScope(scope, { region, service: api.signingName });
    const { accessKeyId } = scope;
    const session = roles.sessionOf(accessKeyId, headers["x-amz-security-token"], clock.now());
    return session === undefined ? { accessKeyId } : { accessKeyId, session };
  }

  #note(
    at: number,
    accessKeyId: string,
    call: ApiCall | undefined,
    answer: HttpAnswer,
    errorCode?: string,
  ): HttpAnswer {
    this.#options.journal.add({
      at,
      operation: call?.operation ?? "unknown",
      accessKeyId,
      status: answer.status,
      ...(call?.secretId !== undefined && { secretId: call.secretId }),
      ...(call?.roleArn !== undefined && { roleArn: call.roleArn }),
      ...(errorCode !== undefined && { errorCode }),
    });
    return answer;
  }
}

/**
 * AWS: "Common Errors", ThrottlingException. Its services answer "Rate exceeded"; AWS does not confirm this wording.
 */
const throttled = () => new AwsError("ThrottlingException", "Rate exceeded");

function notAnApi(): HttpAnswer {
  const body = JSON.stringify({
    __type: "UnknownOperationException",
    message: "This endpoint has no such service.",
  });
  return { status: 404, headers: { "content-type": "application/x-amz-json-1.1" }, body };
}
