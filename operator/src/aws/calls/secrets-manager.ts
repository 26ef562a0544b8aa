import {
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandOutput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import {
  type SecretArn,
  secretArnSchema,
  type VersionId,
  versionIdSchema,
} from "@rotated-secrets/contract/version-id";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import { deadline } from "@rotated-secrets/kube-runtime/time/deadline";
import type { RateLimit } from "@rotated-secrets/kube-runtime/time/token-bucket";
import type { AwsIdentity } from "../../api/aws-identity.ts";
import type { AwsProblem, IdentityOperation } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import { failureOf, problemOfCode } from "./call-failure.ts";
import { DEFAULT_LIMITS, type Operation, type RegionClient, RegionClients } from "./region-clients.ts";
import { snapshotOfDescription, snapshotOfListEntry } from "./secret-snapshot.ts";
import type {
  Answer,
  Page,
  SecretSnapshot,
  SecretsManagerApi,
  ValueBatch,
  VersionEntry,
} from "./secrets-manager-api.ts";
import type { AwsSession, Sessions } from "./sessions.ts";
import { storedValue } from "./stored-value.ts";

/** Is told of every call when it is over: `code` is `OK` or AWS's error code. */
export type CallObserver = (
  operation: Operation | IdentityOperation,
  code: string,
  milliseconds: number,
) => void;

/** How the operator calls AWS. */
export interface SecretsManagerOptions {
  readonly clock: Clock;
  /** The operator's version, for the user agent. */
  readonly version: string;
  /** Of the identities besides the operator's own. @default there are none */
  readonly sessions?: Sessions;
  /** @default nobody is told */
  readonly observe?: CallObserver;
  /** @default DEFAULT_LIMITS */
  readonly limits?: Readonly<Record<Operation, RateLimit>>;
  /** A call and its retries are given up after this. @default 20_000 */
  readonly deadlineMs?: number;
}

type SendOptions = { readonly abortSignal: AbortSignal };

const PAGE_SIZE = 100;

/** AWS does not know the keys any more, or not yet. */
const SESSION_IS_OVER = /^(ExpiredToken|UnrecognizedClient)(Exception)?$|^InvalidClientTokenId$/;

/** Who has no sessions to give. */
const NO_SESSIONS: Sessions = {
  of: () => Promise.resolve(refused({ kind: "denied", operation: "SecretAccessPolicy", code: "NotAllowed" })),
  drop: () => {},
};

/** AWS Secrets Manager over the SDK: as the operator, with what the SDK's default chain finds, or in a ServiceAccount's name. */
export class SecretsManager implements SecretsManagerApi {
  readonly #clock: Clock;
  readonly #observe: CallObserver;
  readonly #deadlineMs: number;
  readonly #regions: RegionClients;
  readonly #sessions: Sessions;

  constructor({
    clock,
    version,
    sessions = NO_SESSIONS,
    observe = () => {},
    limits = DEFAULT_LIMITS,
    deadlineMs = 20_000,
  }: SecretsManagerOptions) {
    this.#clock = clock;
    this.#sessions = sessions;
    this.#observe = observe;
    this.#deadlineMs = deadlineMs;
    this.#regions = new RegionClients(clock, version, limits);
  }

  listSecrets(
    scope: AwsScope,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<SecretSnapshot>>> {
    return this.#call("ListSecrets", scope, signal, async ({ reads }, options) => {
      const input = { MaxResults: PAGE_SIZE, IncludePlannedDeletion: false, NextToken: next };
      const { SecretList = [], NextToken } = await reads.send(new ListSecretsCommand(input), options);
      return answer(
        page(
          SecretList.flatMap((entry) => snapshotOfListEntry(entry) ?? []),
          NextToken,
        ),
      );
    });
  }

  describeSecret(scope: AwsScope, secretId: string, signal: AbortSignal): Promise<Answer<SecretSnapshot>> {
    return this.#call("DescribeSecret", scope, signal, async ({ reads }, options) => {
      const output = await reads.send(new DescribeSecretCommand({ SecretId: secretId }), options);
      if (output.DeletedDate)
        return refused({ kind: "notFound", operation: "DescribeSecret", code: "MarkedForDeletion" });
      return answerOr(snapshotOfDescription(output), "DescribeSecret");
    });
  }

  listSecretVersionIds(
    scope: AwsScope,
    arn: SecretArn,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<VersionEntry>>> {
    return this.#call("ListSecretVersionIds", scope, signal, async ({ reads }, options) => {
      const input = { SecretId: arn, IncludeDeprecated: true, MaxResults: PAGE_SIZE, NextToken: next };
      const { Versions = [], NextToken } = await reads.send(new ListSecretVersionIdsCommand(input), options);
      const entries = Versions.flatMap(({ VersionId, CreatedDate }) => {
        const id = versionIdSchema.safeParse(VersionId);
        return id.success && CreatedDate ? [{ versionId: id.data, createdAt: CreatedDate.getTime() }] : [];
      });
      return answer(page(entries, NextToken));
    });
  }

  batchGetSecretValue(
    scope: AwsScope,
    arns: readonly SecretArn[],
    signal: AbortSignal,
  ): Promise<Answer<ValueBatch>> {
    return this.#call("BatchGetSecretValue", scope, signal, async ({ reads }, options) => {
      const batch = {
        values: new Map<SecretArn, VersionValue>(),
        problems: new Map<SecretArn, AwsProblem>(),
      };
      let next: string | undefined;
      // Each page brings at least one secret, else something is wrong: what is missing then is told by its absence.
      for (let pages = 0; pages < arns.length; pages += 1) {
        const input = { SecretIdList: [...arns], NextToken: next };
        const output = await reads.send(new BatchGetSecretValueCommand(input), options);
        collect(output, batch);
        next = output.NextToken;
        if (next === undefined) break;
      }
      return answer(batch);
    });
  }

  getSecretValue(scope: AwsScope, arn: SecretArn, signal: AbortSignal): Promise<Answer<VersionValue>> {
    return this.#call("GetSecretValue", scope, signal, async ({ reads }, options) => {
      const input = { SecretId: arn, VersionStage: AWSCURRENT };
      const output = await reads.send(new GetSecretValueCommand(input), options);
      return answerOr(storedValue(output)?.current, "GetSecretValue");
    });
  }

  getSecretVersion(
    scope: AwsScope,
    arn: SecretArn,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>> {
    return this.#call("GetSecretValue", scope, signal, async ({ reads }, options) => {
      const input = { SecretId: arn, VersionId: versionId };
      const output = await reads.send(new GetSecretValueCommand(input), options);
      return answerOr(storedValue(output)?.current, "GetSecretValue");
    });
  }

  rotateSecret(
    scope: AwsScope,
    arn: SecretArn,
    token: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<undefined>> {
    return this.#call("RotateSecret", scope, signal, async ({ once }, options) => {
      await once.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token }), options);
      return answer(undefined);
    });
  }

  /** Before a place is taken: who waits for a token must not keep others waiting. Undefined for the operator itself. */
  async #sessionOf(
    region: string,
    identity: AwsIdentity,
    signal: AbortSignal,
  ): Promise<Answer<AwsSession> | undefined> {
    return identity.kind === "Operator" ? undefined : await this.#sessions.of(identity, region, signal);
  }

  /** Closes all sockets; calls that are under way fail. */
  close(): void {
    this.#regions.close();
  }

  /** The one way to AWS: finds what to sign with, waits for its turn, bounds the call in time, tells the observer, and reduces what is thrown. */
  async #call<T>(
    operation: Operation,
    { region, identity }: AwsScope,
    signal: AbortSignal,
    send: (client: RegionClient, options: SendOptions) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    const session = await this.#sessionOf(region, identity, signal);
    if (session?.kind === "problem") return session;
    const client = this.#regions.of(region, session?.value);
    await client.limits[operation].take(signal);
    return client.slots.run(async () => {
      signal.throwIfAborted();
      const startedAt = this.#clock.monotonic();
      const limit = deadline(this.#clock, this.#deadlineMs, operation, signal);
      try {
        const result = await send(client, { abortSignal: limit.signal }).catch((error: unknown) => {
          signal.throwIfAborted();
          return failureOf(operation, limit.signal.aborted ? limit.signal.reason : error);
        });
        const code = result.kind === "problem" ? result.problem.code : "OK";
        if (session !== undefined && SESSION_IS_OVER.test(code)) this.#sessions.drop(session.value);
        this.#observe(operation, code, this.#clock.monotonic() - startedAt);
        return result;
      } finally {
        limit.release();
      }
    });
  }
}

function answer<T>(value: T): Answer<T> {
  return { kind: "answer", value };
}

function refused(problem: AwsProblem): Answer<never> {
  return { kind: "problem", problem };
}

function answerOr<T>(value: T | undefined, operation: Operation): Answer<T> {
  return value === undefined
    ? refused({ kind: "unavailable", operation, code: "UnexpectedAnswer" })
    : answer(value);
}

function page<T>(items: readonly T[], next: string | undefined): Page<T> {
  return next === undefined ? { items } : { items, next };
}

function collect(
  output: BatchGetSecretValueCommandOutput,
  batch: { readonly values: Map<SecretArn, VersionValue>; readonly problems: Map<SecretArn, AwsProblem> },
): void {
  for (const entry of output.SecretValues ?? []) {
    const stored = storedValue(entry);
    if (stored !== undefined) batch.values.set(stored.arn, stored.current);
  }
  for (const { SecretId, ErrorCode } of output.Errors ?? []) {
    const arn = secretArnSchema.safeParse(SecretId);
    if (arn.success)
      batch.problems.set(arn.data, problemOfCode("BatchGetSecretValue", ErrorCode ?? "UnknownError"));
  }
}
