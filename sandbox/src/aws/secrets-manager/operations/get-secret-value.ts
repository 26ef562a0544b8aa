import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { invalidRequest, valueNotFound } from "../../aws-error.ts";
import { valueFields } from "../answer-fields.ts";
import { requireLiveSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId, versionId, versionStage } from "../request-fields.ts";
import type { Secret, SecretVersion } from "../secret.ts";
import { holderOf } from "../staging-labels.ts";

export const getSecretValue = operation({
  name: "GetSecretValue",
  sees: "reads",
  request: z.object({
    SecretId: secretId,
    VersionId: versionId.optional(),
    VersionStage: versionStage.optional(),
  }),
  run(secrets, { SecretId, VersionId, VersionStage }) {
    const secret = requireLiveSecret(secrets, SecretId);
    const version =
      VersionId === undefined
        ? versionByStage(secret, VersionStage ?? AWSCURRENT)
        : versionById(secret, VersionId, VersionStage);
    return {
      answer: valueFields(secret, version),
      change: { kind: "accessed", versions: [{ arn: secret.arn, id: version.id }] },
    };
  },
});

/**
 * @throws ResourceNotFoundException, also for a version without a value (AWSPENDING before createSecret has put one)
 */
export function versionByStage(secret: Secret, stage: string): SecretVersion {
  const version = holderOf(secret, stage);
  if (version?.value === undefined) throw valueNotFound(`staging label: ${stage}`);
  return version;
}

function versionById(secret: Secret, id: string, stage: string | undefined): SecretVersion {
  const version = secret.versions.find((candidate) => candidate.id === id);
  if (version === undefined) throw valueNotFound(`VersionId: ${id}`);
  if (stage !== undefined && !version.stages.includes(stage)) {
    throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
  }
  if (version.value === undefined) throw valueNotFound(`VersionId: ${id}`);
  return version;
}
