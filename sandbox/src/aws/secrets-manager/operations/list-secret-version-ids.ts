import { z } from "zod";
import { seconds } from "../answer-fields.ts";
import { requireSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { type Position, pageOf } from "../page.ts";
import { nextToken, secretId } from "../request-fields.ts";
import type { SecretVersion } from "../secret.ts";

export const listSecretVersionIds = operation({
  name: "ListSecretVersionIds",
  sees: "reads",
  request: z.object({
    SecretId: secretId,
    MaxResults: z.int32().min(1).max(100).default(100),
    NextToken: nextToken,
    IncludeDeprecated: z.boolean().optional(),
  }),
  run(secrets, request) {
    const secret = requireSecret(secrets, request.SecretId);
    // AWS: ListSecretVersionIds API reference: "only returns versions that contain a secret value".
    const listed = secret.versions.filter(
      ({ value, stages }) => value !== undefined && (stages.length > 0 || request.IncludeDeprecated === true),
    );
    const page = pageOf(listed, {
      size: request.MaxResults,
      token: request.NextToken,
      position: (version): Position => [version.createdAt, version.id],
    });
    return {
      answer: {
        ARN: secret.arn,
        Name: secret.name,
        Versions: page.items.map((version) => versionFields(version, secret.kmsKeyId)),
        NextToken: page.nextToken,
      },
    };
  },
});

function versionFields(version: SecretVersion, kmsKeyId = "DefaultEncryptionKey") {
  return {
    VersionId: version.id,
    // Recorded: a deprecated version does not have this field at all.
    VersionStages: version.stages.length > 0 ? version.stages : undefined,
    CreatedDate: seconds(version.createdAt),
    LastAccessedDate: seconds(version.lastAccessedAt),
    KmsKeyIds: [kmsKeyId],
  };
}
