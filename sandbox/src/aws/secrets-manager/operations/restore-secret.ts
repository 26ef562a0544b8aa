import { z } from "zod";
import { refuseReplica, requireSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId } from "../request-fields.ts";

export const restoreSecret = operation({
  name: "RestoreSecret",
  sees: "truth",
  request: z.object({ SecretId: secretId }),
  run(secrets, { SecretId }, { now }) {
    const before = requireSecret(secrets, SecretId);
    refuseReplica(before);
    const secret = { ...before, deletedAt: undefined, lastChangedAt: now };
    return { answer: { ARN: secret.arn, Name: secret.name }, change: { kind: "put", secret } };
  },
});
