import { AWSPENDING } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { invalidRequest } from "../../aws-error.ts";
import { requireWritableSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId } from "../request-fields.ts";
import { rotationUnderWay } from "../rotation-under-way.ts";
import { holderOf } from "../staging-labels.ts";

/**
 * Not recorded. AWS: CancelRotateSecret API reference: it switches automatic rotation off and ends a running rotation.
 * AWSPENDING stays, and VersionId names its version. Wording of the refusal not confirmed by AWS.
 */
export const cancelRotateSecret = operation({
  name: "CancelRotateSecret",
  sees: "truth",
  request: z.object({ SecretId: secretId }),
  run(secrets, { SecretId }, { now }) {
    const before = requireWritableSecret(secrets, SecretId);
    if (before.rotation === undefined) {
      throw invalidRequest(
        "You tried to cancel rotation on a secret that does not have rotation configured.",
      );
    }
    const secret = { ...before, rotation: { ...before.rotation, enabled: false }, lastChangedAt: now };
    const pending = rotationUnderWay(before) ? holderOf(before, AWSPENDING)?.id : undefined;
    return {
      answer: { ARN: secret.arn, Name: secret.name, VersionId: pending },
      change: { kind: "put", secret },
    };
  },
});
