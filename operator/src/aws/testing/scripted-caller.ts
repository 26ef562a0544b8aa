import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { delay } from "@rotated-secrets/kube-runtime/time/deadline";
import { AwsError } from "@rotated-secrets/sandbox/aws/aws-error";
import { type SdkCalls, SdkError } from "@rotated-secrets/sandbox/aws/in-process/sdk-calls";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Answer } from "../calls/answer.ts";
import type { Send } from "../calls/aws-caller.ts";
import { failureOf } from "../calls/call-failure.ts";
import type { SecretsManagerCaller } from "../calls/secrets-manager.ts";
import {
  type SecretsManagerOperation as Operation,
  SECRETS_MANAGER,
} from "../calls/secrets-manager-service.ts";

/** A call that was made. */
export interface ScriptedCall {
  readonly operation: Operation;
  /** By the test's clock, since the double was made. */
  readonly at: number;
  readonly ids: readonly string[];
}

/** The fields of a command that say which secrets it is about. */
interface Input {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly SecretIdList?: string[];
}

interface BatchOutput {
  readonly SecretValues?: readonly { readonly ARN?: string | undefined }[] | undefined;
  readonly Errors?: readonly object[] | undefined;
}

/** An error code of AWS for each kind of problem. */
const CODES: Readonly<Record<AwsProblem["kind"], string>> = {
  denied: "AccessDeniedException",
  unavailable: "ThrottlingException",
  notFound: "ResourceNotFoundException",
  invalid: "InvalidRequestException",
};

/** Sends commands to the emulator's Secrets Manager in this process. A test can let calls fail or take time. */
export class ScriptedCaller implements SecretsManagerCaller {
  readonly calls: ScriptedCall[] = [];
  /** Problems by operation, or by operation and requested id: `DescribeSecret prod/db`. */
  readonly problems = new Map<string, AwsProblem["kind"]>();
  /** Ids that a batch leaves out or refuses. */
  readonly batchErrors = new Map<string, AwsProblem["kind"] | "missing">();
  latencyMs = 0;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #sdk: SdkCalls;

  constructor(clock: Clock, sdk: SdkCalls) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#sdk = sdk;
  }

  async call<T>(
    operation: Operation,
    _scope: AwsScope,
    signal: AbortSignal,
    send: Send<SecretsManagerClient, T>,
  ): Promise<Answer<T>> {
    const answer = ({ input }: { readonly input: Input }) => this.#answer(operation, input, signal);
    // The adapter uses nothing else of the client.
    const client = { send: answer } as unknown as SecretsManagerClient;
    try {
      return await send(client, { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      return failureOf(operation, error, SECRETS_MANAGER.operations[operation].sentences);
    }
  }

  close(): void {}

  async #answer(operation: Operation, input: Input, signal: AbortSignal): Promise<object> {
    const ids = input.SecretIdList ?? [input.SecretId, input.VersionId].filter((id) => id !== undefined);
    this.calls.push({ operation, at: this.#clock.monotonic() - this.#startedAt, ids });
    const kind = this.problems.get(operation) ?? this.problems.get(`${operation} ${ids.join()}`);
    if (this.latencyMs > 0) await delay(this.#clock, this.latencyMs, signal);
    signal.throwIfAborted();
    if (kind !== undefined) throw new SdkError(new AwsError(CODES[kind], "scripted"));
    if (operation === "BatchGetSecretValue") return this.#withErrors(this.#sdk.call(operation, { ...input }));
    return this.#sdk.call(operation, { SecretId: undefined, ...input });
  }

  #withErrors({ SecretValues = [], Errors = [] }: BatchOutput): BatchOutput {
    const refused = SecretValues.filter(({ ARN = "" }) => this.batchErrors.has(ARN));
    const errors = refused.flatMap(({ ARN = "" }) => {
      const kind = this.batchErrors.get(ARN);
      return kind === undefined || kind === "missing" ? [] : [{ SecretId: ARN, ErrorCode: CODES[kind] }];
    });
    return {
      SecretValues: SecretValues.filter((value) => !refused.includes(value)),
      Errors: [...Errors, ...errors],
    };
  }
}
