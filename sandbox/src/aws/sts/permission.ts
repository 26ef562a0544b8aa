import { AwsError } from "../aws-error.ts";
import type { Secret } from "../secrets-manager/secret.ts";
import type { RoleSession } from "./roles.ts";

/**
 * AWS: Service authorization reference, Secrets Manager: these operations have no resource, so a policy allows them for
 * "*" or not at all.
 */
const FOR_ALL_OR_NONE = new Set(["ListSecrets", "BatchGetSecretValue", "GetRandomPassword"]);

/** The question whether a session may call an operation on a secret. */
export interface PermissionQuestion {
  readonly operation: string;
  /** The identifier in the request, and the secret if it exists. */
  readonly secretId: string | undefined;
  readonly secret: Secret | undefined;
  /** The place of the emulator's secrets. */
  readonly region: string;
  readonly accountId: string;
}

/**
 * Checks that the session's role allows the call. A role of another account reaches a secret only by its complete ARN
 * (AWS: user guide, "Access from a different account"); the secret's own policy is assumed to allow it.
 *
 * The text is AWS's (recorded by users). AWS does not document which resource it checks for a secret that does not
 * exist. The emulator checks the ARN that a secret of this name would have.
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
