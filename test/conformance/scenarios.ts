import { clientRequestToken } from "./client-request-token.ts";
import { createSecret } from "./create-secret.ts";
import { deleteSecret } from "./delete-secret.ts";
import { getSecretValue } from "./get-secret-value.ts";
import { listSecrets } from "./list-secrets.ts";
import { putSecretValue } from "./put-secret-value.ts";
import { rotateSecret } from "./rotate-secret.ts";
import type { Scenario } from "./scenario.ts";
import { secretNames } from "./secret-names.ts";
import { tags } from "./tags.ts";
import { updateSecret } from "./update-secret.ts";
import { updateSecretVersionStage } from "./update-secret-version-stage.ts";

/** All scenarios, by what they are about. */
export const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  CreateSecret: createSecret,
  "names and ARNs": secretNames,
  ClientRequestToken: clientRequestToken,
  GetSecretValue: getSecretValue,
  PutSecretValue: putSecretValue,
  UpdateSecret: updateSecret,
  UpdateSecretVersionStage: updateSecretVersionStage,
  ListSecrets: listSecrets,
  "DeleteSecret and RestoreSecret": deleteSecret,
  tags,
  RotateSecret: rotateSecret,
};
