import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { invalidRequest } from "../../aws-error.ts";
import { requireUnmanagedSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { putVersion } from "../put-version.ts";
import {
  clientRequestToken,
  rotationToken,
  secretBinary,
  secretId,
  secretString,
  versionStage,
} from "../request-fields.ts";
import { requireToken, valueIn } from "../request-value.ts";

export const putSecretValue = operation({
  name: "PutSecretValue",
  sees: "truth",
  request: z.object({
    SecretId: secretId,
    ClientRequestToken: clientRequestToken,
    SecretString: secretString,
    SecretBinary: secretBinary,
    VersionStages: z.array(versionStage).min(1).max(20).optional(),
    RotationToken: rotationToken.optional(),
  }),
  run(secrets, request, { now }) {
    const token = requireToken(request);
    const value = valueIn(request);
    // AWS: PutSecretValue API reference; wording not confirmed by AWS.
    if (value === undefined) throw invalidRequest("You must provide either SecretString or SecretBinary.");
    const before = requireUnmanagedSecret(secrets, request.SecretId);
    const secret = putVersion(before, {
      id: token,
      value,
      stages: request.VersionStages ?? [AWSCURRENT],
      now,
    });
    const stages = secret.versions.find((version) => version.id === token)?.stages;
    return {
      answer: { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages: stages },
      ...(secret !== before && { change: { kind: "put", secret } }),
    };
  },
});
