import { AWSPENDING } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import { AwsError, invalidParameter, invalidRequest } from "../../aws-error.ts";
import { requireWritableSecret } from "../find-secret.ts";
import { refuseFields } from "../not-emulated.ts";
import { type Context, operation, type RotationOrder } from "../operation.ts";
import { addVersion } from "../put-version.ts";
import { clientRequestToken, externalMetadata, rotationRules, secretId } from "../request-fields.ts";
import { NO_TOKEN } from "../request-value.ts";
import { requireSchedule } from "../rotation-schedule.ts";
import { rotationUnderWay } from "../rotation-under-way.ts";
import type { RotationConfiguration, RotationRules, Secret } from "../secret.ts";
import { moveLabel } from "../staging-labels.ts";

/** Stores the configuration, adds an AWSPENDING version without a value, and orders the rotation. */
export const rotateSecret = operation({
  name: "RotateSecret",
  sees: "truth",
  request: z.object({
    SecretId: secretId,
    ClientRequestToken: clientRequestToken,
    RotationLambdaARN: z.string().max(2048).optional(),
    RotationRules: rotationRules.optional(),
    ExternalSecretRotationMetadata: externalMetadata.optional(),
    ExternalSecretRotationRoleArn: z.string().min(20).max(2048).optional(),
    RotateImmediately: z.boolean().default(true),
  }),
  run(secrets, request, context) {
    const token = request.ClientRequestToken;
    // Recorded: this exception here, InvalidRequestException in the other operations.
    if (token === undefined) throw invalidParameter(NO_TOKEN);
    refuseFields("RotateSecret", request, [
      "ExternalSecretRotationMetadata",
      "ExternalSecretRotationRoleArn",
    ]);
    const before = requireWritableSecret(secrets, request.SecretId);
    const rotation = configurationFor(before, request, context);
    // AWS: RotateSecret API reference. Users report the text with both kinds of apostrophe.
    if (rotationUnderWay(before)) {
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    const answer = { ARN: before.arn, Name: before.name, VersionId: token };
    // AWS documents that the token prevents a second version on a retry. It does not document the answer.
    if (before.versions.some((version) => version.id === token)) return { answer };
    const pending = moveLabel(addVersion(before, token, context.now), AWSPENDING, token);
    return {
      answer,
      change: { kind: "put", secret: { ...pending, rotation, lastChangedAt: context.now } },
      rotation: { arn: before.arn, token, kind: kindOf(before, request.RotateImmediately) },
    };
  },
});

/**
 * Fields that the request leaves out keep their values. A secret of another service needs no function. AWS: user guide,
 * "Managed rotation".
 */
function configurationFor(
  { rotation: old, owningService }: Secret,
  request: {
    readonly RotationLambdaARN?: string | undefined;
    readonly RotationRules?: RotationRules | undefined;
  },
  context: Context,
): RotationConfiguration {
  const rules = request.RotationRules ?? old?.rules;
  if (rules !== undefined) requireSchedule(rules);
  const goesOn = old?.enabled === true && request.RotationRules === undefined;
  const since = goesOn ? old.since : context.now;
  if (owningService !== undefined) return { enabled: true, lambdaArn: undefined, rules, since };
  const lambdaArn = request.RotationLambdaARN ?? old?.lambdaArn;
  if (lambdaArn === undefined) {
    throw invalidRequest("No Lambda rotation function ARN is associated with this secret.");
  }
  if (!context.mayInvoke(lambdaArn)) {
    throw new AwsError(
      "AccessDeniedException",
      "Secrets Manager cannot invoke the specified Lambda function. " +
        "Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    );
  }
  return { enabled: true, lambdaArn, rules, since };
}

function kindOf({ owningService }: Secret, immediately: boolean): RotationOrder["kind"] {
  if (!immediately) return "test";
  return owningService === undefined ? "rotate" : "managed";
}
