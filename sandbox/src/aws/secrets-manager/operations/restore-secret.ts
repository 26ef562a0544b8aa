import { z } from "zod";
import { refuseReplica, requireSecret } from "../find-secret.ts";
import { secretId } from "../members.ts";
import { operation } from "../operation.ts";

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
