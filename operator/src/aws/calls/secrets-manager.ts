import {
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandOutput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import {
  type SecretArn,
  secretArnSchema,
  type VersionId,
  versionIdSchema,
} from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { VersionValue } from "../../ports/secret-values.ts";
import { type Answer, answer, answerOr, failure } from "./answer.ts";
import { AwsCaller, type AwsCallerOptions } from "./aws-caller.ts";
import { problemOfCode } from "./call-failure.ts";
import { snapshotOfDescription, snapshotOfListEntry } from "./secret-snapshot.ts";
import type {
  Page,
  SecretSnapshot,
  SecretsManagerApi,
  ValueBatch,
  VersionEntry,
} from "./secrets-manager-api.ts";
import { SECRETS_MANAGER, type SecretsManagerOperation } from "./secrets-manager-service.ts";
import { storedValue } from "./stored-value.ts";

const PAGE_SIZE = 100;

/** AWS Secrets Manager over the SDK: with the credentials of the SDK's default chain, or with a ServiceAccount's session. */
export class SecretsManager implements SecretsManagerApi {
  readonly #caller: AwsCaller<SecretsManagerClient, SecretsManagerOperation>;

  constructor(options: AwsCallerOptions) {
    this.#caller = new AwsCaller(SECRETS_MANAGER, options);
  }

  listSecrets(
    scope: AwsScope,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<SecretSnapshot>>> {
    return this.#caller.call("ListSecrets", scope, signal, async (client, options) => {
      const input = { MaxResults: PAGE_SIZE, IncludePlannedDeletion: false, NextToken: next };
      const { SecretList = [], NextToken } = await client.send(new ListSecretsCommand(input), options);
      return answer(
        page(
          SecretList.flatMap((entry) => snapshotOfListEntry(entry) ?? []),
          NextToken,
        ),
      );
    });
  }

  describeSecret(scope: AwsScope, secretId: string, signal: AbortSignal): Promise<Answer<SecretSnapshot>> {
    return this.#caller.call("DescribeSecret", scope, signal, async (client, options) => {
      const output = await client.send(new DescribeSecretCommand({ SecretId: secretId }), options);
      if (output.DeletedDate)
        return failure({ kind: "notFound", operation: "DescribeSecret", code: "MarkedForDeletion" });
      return answerOr(snapshotOfDescription(output), "DescribeSecret");
    });
  }

  listSecretVersionIds(
    scope: AwsScope,
    arn: SecretArn,
    next: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer<Page<VersionEntry>>> {
    return this.#caller.call("ListSecretVersionIds", scope, signal, async (client, options) => {
      const input = { SecretId: arn, IncludeDeprecated: true, MaxResults: PAGE_SIZE, NextToken: next };
      const { Versions = [], NextToken } = await client.send(new ListSecretVersionIdsCommand(input), options);
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
    return this.#caller.call("BatchGetSecretValue", scope, signal, async (client, options) => {
      const batch = {
        values: new Map<SecretArn, VersionValue>(),
        problems: new Map<SecretArn, AwsProblem>(),
      };
      let next: string | undefined;
      // Each page has at least one secret. More pages than secrets would be a fault: the rest is then missing.
      for (let pages = 0; pages < arns.length; pages += 1) {
        const input = { SecretIdList: [...arns], NextToken: next };
        const output = await client.send(new BatchGetSecretValueCommand(input), options);
        collect(output, batch);
        next = output.NextToken;
        if (next === undefined) break;
      }
      return answer(batch);
    });
  }

  getSecretValue(scope: AwsScope, arn: SecretArn, signal: AbortSignal): Promise<Answer<VersionValue>> {
    return this.#getValue(scope, { SecretId: arn, VersionStage: AWSCURRENT }, signal);
  }

  getSecretVersion(
    scope: AwsScope,
    arn: SecretArn,
    versionId: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>> {
    return this.#getValue(scope, { SecretId: arn, VersionId: versionId }, signal);
  }

  rotateSecret(
    scope: AwsScope,
    arn: SecretArn,
    token: VersionId,
    signal: AbortSignal,
  ): Promise<Answer<undefined>> {
    return this.#caller.call("RotateSecret", scope, signal, async (client, options) => {
      await client.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token }), options);
      return answer(undefined);
    });
  }

  /** Closes all sockets. Calls that are running fail. */
  close(): void {
    this.#caller.close();
  }

  #getValue(
    scope: AwsScope,
    input: GetSecretValueCommandInput,
    signal: AbortSignal,
  ): Promise<Answer<VersionValue>> {
    return this.#caller.call("GetSecretValue", scope, signal, async (client, options) => {
      const output = await client.send(new GetSecretValueCommand(input), options);
      return answerOr(storedValue(output)?.current, "GetSecretValue");
    });
  }
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
