import { z } from "zod";
import { secretArnSchema, versionIdSchema } from "./version-id.ts";

/** The four steps of a rotation, in order, with Secrets Manager's names. */
export const rotationStepSchema = z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]);
export type RotationStep = z.infer<typeof rotationStepSchema>;

/**
 * The event that Secrets Manager sends to a rotation function. AWS: user guide, "Lambda rotation functions".
 * Parsing drops its RotationToken, which is a credential, so that it cannot be logged.
 */
export const rotationEventSchema = z.object({
  Step: rotationStepSchema,
  /** ARN of the secret. */
  SecretId: secretArnSchema,
  /** Id of the new version. */
  ClientRequestToken: versionIdSchema,
});
export type RotationEvent = z.infer<typeof rotationEventSchema>;
