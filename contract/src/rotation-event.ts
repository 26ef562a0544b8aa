import { z } from "zod";
import { secretArnSchema, versionIdSchema } from "./version-id.ts";

/** The four steps of a rotation in their order, as Secrets Manager spells them. */
export const rotationStepSchema = z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]);
export type RotationStep = z.infer<typeof rotationStepSchema>;

/**
 * What Secrets Manager sends to a rotation function. AWS: user guide, "Lambda rotation functions".
 * The RotationToken that comes with it, a credential, is dropped in parsing, so that nobody can log it.
 */
export const rotationEventSchema = z.object({
  Step: rotationStepSchema,
  /** ARN of the secret. */
  SecretId: secretArnSchema,
  /** Id of the version that is being made. */
  ClientRequestToken: versionIdSchema,
});
export type RotationEvent = z.infer<typeof rotationEventSchema>;
