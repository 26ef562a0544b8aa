import { AwsError } from "../aws-error.ts";
import type { Secret } from "../secrets-manager/secret.ts";
import type { RoleSession } from "./roles.ts";

/** AWS: Service authorization reference, Secrets Manager: these have no resource, so a policy allows them for "*" or not at all. */
const FOR_ALL_OR_NONE = new Set(["ListSecrets", "BatchGetSecretValue", "GetRandomPassword"]);

/** One call of a session: what for, and which secret. */
export interface PermissionQuestion {
  readonly operation: string;
  /** The secret as the request names it, and what it is, if it is there. */
  readonly secretId: string | undefined;
  readonly secret: Secret | undefined;
  /** Where the emulator's secrets are. */
  readonly region: string;
  readonly accountId: string;
}

/**
 * Whether the session's role allows the call. The role of another account reaches a secret by its whole ARN only (AWS:
 * user guide, "Access from a different account"); the secret's own policy is taken to admit it.
 *
 * The text is AWS's (recorded by users). Which resource AWS judges where a name is nobody's is not documented: taken to
 * be the ARN that a secret of this name would have.
 * @throws AccessDeniedException
 */
export function requirePermission(session: RoleSession, question: PermissionQuestion): void {
  const { operation, secretId, secret } = question;
  const { role, arn } = session;
  const isOwnAccount = role.arn.split(":")[4] === question.accountId;
  const isReached = isOwnAccount || secretId === secret?.arn;
  const resource = FOR_ALL_OR_NONE.has(operation) ? "*" : (secret?.arn ?? wouldBe(question));
  if (isReached && role.secrets.some((glob) => covers(glob, resource))) return;
  throw new AwsError(
    "AccessDeniedException",
    `User: ${arn} is not authorized to perform: secretsmanager:${operation} on resource: ${secretId ?? "*"} because no ` +
      `identity-based policy allows the secretsmanager:${operation} action`,
  );
}

function wouldBe({ secretId = "", region, accountId }: PermissionQuestion): string {
  return secretId.startsWith("arn:")
    ? secretId
    : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secretId}-000000`;
}

/** AWS: IAM user guide, "Using wildcards in resource ARNs". */
function covers(glob: string, resource: string): boolean {
  const pattern = glob
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "s").test(resource);
}
