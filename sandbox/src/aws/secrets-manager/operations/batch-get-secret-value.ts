import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { AwsError, invalidParameter } from "../../aws-error.ts";
import { valueFields } from "../answer-fields.ts";
import { passes } from "../filters.ts";
import { requireLiveSecret } from "../find-secret.ts";
import { type Context, operation } from "../operation.ts";
import { type Position, pageOf } from "../page.ts";
import { filters, nextToken, secretId } from "../request-fields.ts";
import type { Secret, Secrets, SecretVersion } from "../secret.ts";
import { versionByStage } from "./get-secret-value.ts";

/**
 * Not recorded. AWS: BatchGetSecretValue API reference. The error of an entry is the one that GetSecretValue would
 * give. Wording of the refusals not confirmed by AWS.
 */
export const batchGetSecretValue = operation({
  name: "BatchGetSecretValue",
  sees: "reads",
  request: z.object({
    SecretIdList: z.array(secretId).min(1).max(20).optional(),
    Filters: filters,
    MaxResults: z.int32().min(1).max(20).optional(),
    NextToken: nextToken,
  }),
  run(secrets, { SecretIdList, Filters, MaxResults, NextToken }, context) {
    if ((SecretIdList === undefined) === (Filters === undefined)) {
      throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    }
    if (SecretIdList !== undefined && MaxResults !== undefined) {
      throw invalidParameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.",
      );
    }
    const page = pageOf(
      [...secrets.values()].filter(
        (secret) => secret.deletedAt === undefined && passes(secret, Filters, context.region),
      ),
      {
        size: MaxResults ?? 20,
        token: NextToken,
        position: (secret): Position => [secret.createdAt, secret.arn],
      },
    );
    const entries = (SecretIdList ?? page.items.map((secret) => secret.arn)).map((id) =>
      look(secrets, id, context),
    );
    const found = entries.filter((entry) => entry.kind === "value");
    return {
      answer: {
        SecretValues: found.map(({ secret, version }) => valueFields(secret, version)),
        Errors: entries.filter((entry) => entry.kind === "error").map((entry) => entry.member),
        NextToken: SecretIdList === undefined ? page.nextToken : undefined,
      },
      change: {
        kind: "accessed",
        versions: found.map(({ secret, version }) => ({ arn: secret.arn, id: version.id })),
      },
    };
  },
});

type Entry =
  | { readonly kind: "value"; readonly secret: Secret; readonly version: SecretVersion }
  | { readonly kind: "error"; readonly member: Readonly<Record<string, string>> };

function look(secrets: Secrets, id: string, context: Context): Entry {
  try {
    const secret = requireLiveSecret(secrets, id);
    const refusal = context.refusalFor(secret);
    if (refusal !== undefined) throw refusal;
    return { kind: "value", secret, version: versionByStage(secret, AWSCURRENT) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: "error", member: { SecretId: id, ErrorCode: error.code, Message: error.message } };
  }
}
