import { z } from "zod";
import { metadataFields, stagesByVersion } from "../answer-fields.ts";
import { requireSecret } from "../find-secret.ts";
import { operation } from "../operation.ts";
import { secretId } from "../request-fields.ts";

/** Also describes a secret that is marked for deletion (recorded). */
export const describeSecret = operation({
  name: "DescribeSecret",
  sees: "reads",
  request: z.object({ SecretId: secretId }),
  run(secrets, { SecretId }) {
    const secret = requireSecret(secrets, SecretId);
    return { answer: { ...metadataFields(secret), VersionIdsToStages: stagesByVersion(secret) } };
  },
});
