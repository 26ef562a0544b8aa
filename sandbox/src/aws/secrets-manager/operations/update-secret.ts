import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { requireUnmanagedSecret } from "../find-secret.ts";
import { refuseFields } from "../not-emulated.ts";
import { operation } from "../operation.ts";
import { putVersion } from "../put-version.ts";
import {
  clientRequestToken,
  description,
  externalType,
  kmsKeyId,
  secretBinary,
  secretId,
  secretString,
} from "../request-fields.ts";
import { requireToken, valueIn } from "../request-value.ts";

/** Changes metadata, the value, or both. The answer has a VersionId only if there is a new value (recorded). */
export const updateSecret = operation({
  name: "UpdateSecret",
  sees: "truth",
  request: z.object({
    SecretId: secretId,
    ClientRequestToken: clientRequestToken,
    Description: description.optional(),
    KmsKeyId: kmsKeyId.optional(),
    SecretString: secretString,
    SecretBinary: secretBinary,
    Type: externalType.optional(),
  }),
  run(secrets, request, { now }) {
    const id = requireToken(request);
    const value = valueIn(request);
    refuseFields("UpdateSecret", request, ["Type"]);
    const before = requireUnmanagedSecret(secrets, request.SecretId);
    const described = {
      ...before,
      description: request.Description ?? before.description,
      kmsKeyId: request.KmsKeyId ?? before.kmsKeyId,
      lastChangedAt: now,
    };
    const secret =
      value === undefined ? described : putVersion(described, { id, value, stages: [AWSCURRENT], now });
    return {
      answer: { ARN: secret.arn, Name: secret.name, VersionId: value === undefined ? undefined : id },
      change: { kind: "put", secret },
    };
  },
});
