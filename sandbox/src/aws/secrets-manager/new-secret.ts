import type { Context } from "./operation.ts";
import type { Secret } from "./secret.ts";
import { withTags } from "./tags.ts";

/** A secret after CreateSecret, without a version. */
export function emptySecret(
  members: {
    readonly Name: string;
    readonly Description?: string | undefined;
    readonly KmsKeyId?: string | undefined;
    readonly Tags?: Secret["tags"];
    readonly AddReplicaRegions?: Secret["replicas"];
  },
  { region, accountId, now, arnSuffix }: Pick<Context, "region" | "accountId" | "now" | "arnSuffix">,
): Secret {
  return {
    arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${members.Name}-${arnSuffix()}`,
    name: members.Name,
    description: members.Description,
    kmsKeyId: members.KmsKeyId,
    tags: members.Tags && withTags(undefined, members.Tags),
    createdAt: now,
    lastChangedAt: now,
    lastAccessedAt: undefined,
    lastRotatedAt: undefined,
    deletedAt: undefined,
    rotation: undefined,
    owningService: undefined,
    primaryRegion: undefined,
    replicas: members.AddReplicaRegions,
    versions: [],
  };
}
