import { SecretValue } from "@rotated-secrets/contract/secret-value";
import {
  parseSecretArn,
  parseVersionId,
  type SecretArn,
  type VersionId,
} from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { delay } from "@rotated-secrets/kube-runtime/time/deadline";
import { OPERATOR } from "../../api/aws-identity.ts";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import type { Answer } from "../calls/answer.ts";
import type { Page, SecretSnapshot, SecretsManagerApi, ValueBatch } from "../calls/secrets-manager-api.ts";
import type { SecretsManagerOperation as Operation } from "../calls/secrets-manager-service.ts";

/** A call that was made. */
export interface ScriptedCall {
  readonly operation: Operation;
  /** By the test's clock, since the double was made. */
  readonly at: number;
  readonly ids: readonly string[];
}

export const REGION = "eu-west-1";
/** Calls of the operator itself. */
export const SCOPE: AwsScope = { region: REGION, identity: OPERATOR };

/** The version id with this number. */
export function version(number: number): VersionId {
  return parseVersionId(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
}

/** The ARN of the secret with this name. */
export function arnOf(name: string): SecretArn {
  return parseSecretArn(`arn:aws:secretsmanager:${REGION}:111122223333:secret:${name}-AbCdEf`);
}

/** A secret whose AWSCURRENT is version `current`, and AWSPREVIOUS version `previous`, if any. */
export function secret(name: string, current: number, previous?: number): SecretSnapshot {
  const stages = new Map([[version(current), ["AWSCURRENT"]]]);
  if (previous !== undefined) stages.set(version(previous), ["AWSPREVIOUS"]);
  return { arn: arnOf(name), name, rotation: { kind: "off" }, stages };
}

/** Secrets Manager in memory. A test can let its lists lag, and its calls fail or take time. */
export class ScriptedSecretsManager implements SecretsManagerApi {
  readonly calls: ScriptedCall[] = [];
  /** The secrets as they are, by name. */
  readonly secrets = new Map<string, SecretSnapshot>();
  /** The secrets that lists show, for a list that lags; undefined for the secrets as they are. */
  listed: readonly SecretSnapshot[] | undefined;
  /** Problems by operation, or by operation and requested id: `DescribeSecret prod/db`. */
  readonly problems = new Map<string, AwsProblem["kind"]>();
  /** Ids that a batch leaves out or refuses. */
  readonly batchErrors = new Map<string, AwsProblem["kind"] | "missing">();
  latencyMs = 0;
  readonly #clock: Clock;
  readonly #startedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  put(...secrets: readonly SecretSnapshot[]): void {
    for (const each of secrets) this.secrets.set(each.name, each);
  }

  count(operation: Operation): number {
    return this.calls.filter((call) => call.operation === operation).length;
  }

  async listSecrets(
    _scope: AwsScope,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<SecretSnapshot>>> {
    const refusal = await this.#begin("ListSecrets", [], signal);
    if (refusal !== undefined) return refusal;
    const all = this.listed ?? [...this.secrets.values()];
    const start = Number(next ?? 0);
    const items = all.slice(start, start + 100);
    const end = start + 100;
    return answer(end < all.length ? { items, next: String(end) } : { items });
  }

  async describeSecret(
    _scope: AwsScope,
    secretId: string,
    signal: AbortSignal,
  ): Promise<Answer<SecretSnapshot>> {
    const refusal = await this.#begin("DescribeSecret", [secretId], signal);
    const found = this.#find(secretId);
    return refusal ?? (found === undefined ? refused("DescribeSecret", "notFound") : answer(found));
  }

  async listSecretVersionIds(
    _scope: AwsScope,
    arn: SecretArn,
    next: string | undefined,
    signal: AbortSignal,
  ): ReturnType<SecretsManagerApi["listSecretVersionIds"]> {
    const refusal = await this.#begin("ListSecretVersionIds", [arn], signal);
    if (refusal !== undefined) return refusal;
    const number = Number(next ?? 1);
    const items = [{ versionId: version(number), createdAt: number }];
    return answer(number < 3 ? { items, next: String(number + 1) } : { items });
  }

  async batchGetSecretValue(
    _scope: AwsScope,
    arns: readonly SecretArn[],
    signal: AbortSignal,
  ): Promise<Answer<ValueBatch>> {
    const refusal = await this.#begin("BatchGetSecretValue", arns, signal);
    if (refusal !== undefined) return refusal;
    const values = new Map<SecretArn, VersionValue>();
    const problems = new Map<SecretArn, AwsProblem>();
    for (const arn of arns) {
      const error = this.batchErrors.get(arn);
      if (error === undefined) values.set(arn, this.#value(arn));
      else if (error !== "missing") problems.set(arn, refused("BatchGetSecretValue", error).problem);
    }
    return answer({ values, problems });
  }

  async getSecretValue(_scope: AwsScope, arn: SecretArn, signal: AbortSignal): Promise<Answer<VersionValue>> {
    return (await this.#begin("GetSecretValue", [arn], signal)) ?? answer(this.#value(arn));
  }

  async getSecretVersion(
    _scope: AwsScope,
    arn: SecretArn,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>> {
    const refusal = await this.#begin("GetSecretValue", [arn, versionId], signal);
    if (refusal !== undefined) return refusal;
    return this.#find(arn)?.stages.has(versionId)
      ? answer(valueOf(versionId))
      : refused("GetSecretValue", "notFound");
  }

  async rotateSecret(
    _scope: AwsScope,
    arn: SecretArn,
    _token: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<undefined>> {
    return (await this.#begin("RotateSecret", [arn], signal)) ?? answer(undefined);
  }

  async #begin(operation: Operation, ids: readonly string[], signal: AbortSignal) {
    this.calls.push({ operation, at: this.#clock.monotonic() - this.#startedAt, ids });
    const kind = this.problems.get(operation) ?? this.problems.get(`${operation} ${ids.join()}`);
    const result = kind === undefined ? undefined : refused(operation, kind);
    if (this.latencyMs > 0) await delay(this.#clock, this.latencyMs, signal);
    signal.throwIfAborted();
    return result;
  }

  #find(id: string): SecretSnapshot | undefined {
    return (
      this.secrets.get(id) ??
      [...this.secrets.values()].find(({ arn }) => arn === id || arn.slice(0, -7) === id)
    );
  }

  #value(arn: SecretArn): VersionValue {
    const [versionId = version(1)] = this.#find(arn)?.stages.keys() ?? [];
    return valueOf(versionId);
  }
}

function valueOf(versionId: VersionId): VersionValue {
  return { versionId, createdAt: 1, value: new SecretValue(`value of ${versionId}`) };
}

const CODES: Readonly<Record<AwsProblem["kind"], string>> = {
  denied: "AccessDeniedException",
  unavailable: "ThrottlingException",
  notFound: "ResourceNotFoundException",
  invalid: "InvalidRequestException",
};

function refused(
  operation: Operation,
  kind: AwsProblem["kind"],
): Extract<Answer<never>, { kind: "problem" }> {
  return { kind: "problem", problem: { kind, operation, code: CODES[kind] } };
}

function answer<T>(value: T): Answer<T> {
  return { kind: "answer", value };
}

/** Random numbers that are the same in every run. Numerical Recipes' linear congruential generator. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
