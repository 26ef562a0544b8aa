import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { VersionCreatedAt } from "../../ports/secret-catalogue.ts";
import type { SecretsManagerApi } from "../calls/secrets-manager-api.ts";

/** AWS keeps about 100 versions without labels. A page has 100. */
const MAX_PAGES = 20;

/** When each version of the secret was created. Reads all pages, or returns a problem: callers need the whole answer. */
export async function readVersionCreatedAt(
  api: SecretsManagerApi,
  arn: SecretArn,
  scope: AwsScope,
  signal: AbortSignal,
): Promise<VersionCreatedAt | { readonly problem: AwsProblem }> {
  const createdAt = new Map<VersionId, Instant>();
  let next: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const result = await api.listSecretVersionIds(scope, arn, next, signal);
    if (result.kind === "problem") return { problem: result.problem };
    for (const entry of result.value.items) createdAt.set(entry.versionId, entry.createdAt);
    next = result.value.next;
    if (next === undefined) return createdAt;
  }
  return { problem: { kind: "invalid", operation: "ListSecretVersionIds", code: "TooManyVersions" } };
}
