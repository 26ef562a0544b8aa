import { z } from "zod";
import { invalidParameter } from "../../aws-error.ts";
import { seconds } from "../answer-fields.ts";
import { findSecret, refuseReplica, requireUnmanagedSecret } from "../find-secret.ts";
import { type Context, type Outcome, operation } from "../operation.ts";
import { secretId } from "../request-fields.ts";
import type { Secrets } from "../secret.ts";

const DAY_MS = 86_400_000;
const RECOVERY_DAYS = 30;

export const deleteSecret = operation({
  name: "DeleteSecret",
  sees: "truth",
  request: z.object({
    SecretId: secretId,
    RecoveryWindowInDays: z.int32().optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  }),
  run(secrets, { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force }, context) {
    // AWS: DeleteSecret API reference; wording not confirmed by AWS.
    if (force === true && days !== undefined) {
      throw invalidParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
      );
    }
    if (days !== undefined && (days < 7 || days > 30)) {
      throw invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    if (force === true) return deleteAtOnce(secrets, SecretId, context);
    const secret = {
      ...requireUnmanagedSecret(secrets, SecretId),
      deletedAt: context.now + (days ?? RECOVERY_DAYS) * DAY_MS,
      lastChangedAt: context.now,
    };
    return {
      answer: { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(secret.deletedAt) },
      change: { kind: "put", secret },
    };
  },
});

/** AWS: DeleteSecret API reference: no error if the secret is already deleted (recorded) or never existed. */
function deleteAtOnce(secrets: Secrets, id: string, context: Context): Outcome {
  const secret = findSecret(secrets, id);
  if (secret !== undefined) refuseReplica(secret);
  const { region, accountId, now } = context;
  const arn =
    secret?.arn ?? `arn:aws:secretsmanager:${region}:${accountId}:secret:${id}-${context.arnSuffix()}`;
  const answer = { ARN: arn, Name: secret?.name ?? id, DeletionDate: seconds(now) };
  return secret === undefined ? { answer } : { answer, change: { kind: "drop", arn } };
}
