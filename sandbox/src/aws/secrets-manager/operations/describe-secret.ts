import { z } from "zod";
import { metadataMembers, stagesByVersion } from "../answer-members.ts";
import { requireSecret } from "../find-secret.ts";
import { secretId } from "../members.ts";
import { operation } from "../operation.ts";

/** Also tells of a secret that is marked for deletion (recorded). */
export const describeSecret = operation({
  name: "DescribeSecret",
  sees: "reads",
  request: z.object({ SecretId: secretId }),
  run(secrets, { SecretId }) {
    const secret = requireSecret(secrets, SecretId);
    return { answer: { ...metadataMembers(secret), VersionIdsToStages: stagesByVersion(secret) } };
  },
});
