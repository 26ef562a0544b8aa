import type { Context } from "./operation.ts";
import type { Secret } from "./secret.ts";

/** A secret after CreateSecret, without a version. */
export function emptySecret(
  members: {
    readonly Name: string;
    readonly Description?: string | undefined;
    readonly KmsKeyId?: string | undefined;
    readonly Tags?: Secret["tags"];
  },
  { region, accountId, now, arnSuffix }: Pick<Context, "region" | "accountId" | "now" | "arnSuffix">,
): Secret {
  return {
    arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${members.Name}-${arnSuffix()}`,
    name: members.Name,
    description: members.Description,
    kmsKeyId: members.KmsKeyId,
    tags: members.Tags,
    createdAt: now,
    lastChangedAt: now,
    lastAccessedAt: undefined,
    lastRotatedAt: undefined,
    deletedAt: undefined,
    rotation: undefined,
    owningService: undefined,
    primaryRegion: undefined,
    versions: [],
  };
}
