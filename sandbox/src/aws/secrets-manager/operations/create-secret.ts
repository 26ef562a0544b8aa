import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { AwsError, invalidRequest } from "../../aws-error.ts";
import { findSecret } from "../find-secret.ts";
import { emptySecret } from "../new-secret.ts";
import { refuseFields } from "../not-emulated.ts";
import { type Outcome, operation } from "../operation.ts";
import { putVersion } from "../put-version.ts";
import {
  clientRequestToken,
  description,
  externalType,
  kmsKeyId,
  replicaRegions,
  secretBinary,
  secretName,
  secretString,
  tags,
} from "../request-fields.ts";
import { requireToken, valueIn } from "../request-value.ts";
import { type Secret, type SecretValue, sameValue } from "../secret.ts";

export const createSecret = operation({
  name: "CreateSecret",
  sees: "truth",
  request: z.object({
    Name: secretName,
    ClientRequestToken: clientRequestToken,
    Description: description.optional(),
    KmsKeyId: kmsKeyId.optional(),
    SecretString: secretString,
    SecretBinary: secretBinary,
    Tags: tags.optional(),
    AddReplicaRegions: replicaRegions.optional(),
    ForceOverwriteReplicaSecret: z.boolean().optional(),
    Type: externalType.optional(),
    CrossAccountPrimaryARN: z.string().min(20).max(2048).optional(),
  }),
  run(secrets, request, context) {
    const token = requireToken(request);
    const value = valueIn(request);
    refuseFields("CreateSecret", request, ["Type", "CrossAccountPrimaryARN"]);
    const existing = findSecret(secrets, request.Name);
    if (existing !== undefined) return repeated(existing, token, value);
    const empty = emptySecret(request, context);
    const secret =
      value === undefined
        ? empty
        : putVersion(empty, { id: token, value, stages: [AWSCURRENT], now: context.now });
    return { answer: answerFor(secret, token, value), change: { kind: "put", secret } };
  },
});

/**
 * AWS: CreateSecret API reference, ClientRequestToken: a repeated request with the same token and value changes
 * nothing.
 */
function repeated(existing: Secret, token: string, value: SecretValue | undefined): Outcome {
  if (existing.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = existing.versions.find(({ id }) => id === token);
  if (version === undefined || value === undefined || !sameValue(version.value, value)) {
    throw new AwsError(
      "ResourceExistsException",
      `The operation failed because the secret ${existing.name} already exists.`,
    );
  }
  return { answer: answerFor(existing, token, value) };
}

function answerFor(secret: Secret, token: string, value: SecretValue | undefined): Outcome["answer"] {
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: value === undefined ? undefined : token,
    // The replication goes on after the answer.
    ReplicationStatus: secret.replicas?.map((replica) => ({ ...replica, Status: "InProgress" })),
  };
}
