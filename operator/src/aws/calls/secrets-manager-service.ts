import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AwsService } from "./aws-service.ts";

/** The operations of Secrets Manager that the operator calls. */
export type SecretsManagerOperation =
  | "ListSecrets"
  | "DescribeSecret"
  | "ListSecretVersionIds"
  | "BatchGetSecretValue"
  | "GetSecretValue"
  | "RotateSecret";

/** The name of the sentence by which RotateSecret is refused while another rotation is not complete. */
export const ROTATION_NOT_COMPLETE = "previousRotationNotComplete";

/**
 * AWS Secrets Manager. Its quotas are 100/s for ListSecrets and BatchGetSecretValue, 50/s for RotateSecret and
 * ListSecretVersionIds, and at least 10,000/s for the others. Everything in the account shares them.
 */
export const SECRETS_MANAGER: AwsService<SecretsManagerClient, SecretsManagerOperation> = {
  connect: async (settings) => new SecretsManagerClient(settings),
  operations: {
    ListSecrets: { limit: { perSecond: 25, burst: 25 }, attempts: "retried" },
    BatchGetSecretValue: { limit: { perSecond: 40, burst: 40 }, attempts: "retried" },
    DescribeSecret: { limit: { perSecond: 500, burst: 200 }, attempts: "retried" },
    GetSecretValue: { limit: { perSecond: 200, burst: 100 }, attempts: "retried" },
    ListSecretVersionIds: { limit: { perSecond: 15, burst: 15 }, attempts: "retried" },
    RotateSecret: {
      limit: { perSecond: 10, burst: 10 },
      attempts: "once",
      // AWS writes "isn't" with either apostrophe. The rest of the sentence does not change.
      sentences: { [ROTATION_NOT_COMPLETE]: /previous rotation/i },
    },
  },
};
