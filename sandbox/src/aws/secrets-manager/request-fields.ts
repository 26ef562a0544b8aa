import { z } from "zod";

// The limits are those of the service model from which the SDK is generated.

const BYTES_PER_VALUE = 65_536;
const INVALID_NAME =
  "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";

/** Recorded for ten operations: the same rule and text for every secret name. */
export const secretName = z.string().min(1).max(512).refine(isName, INVALID_NAME);

/** A name or an ARN. */
export const secretId = z
  .string()
  .min(1)
  .max(2048)
  .refine((id) => id.startsWith("arn:") || isName(id), INVALID_NAME);

/** Becomes the id of the version. Optional here, because a missing token has an error of its own. */
export const clientRequestToken = z.string().min(32).max(64).optional();
export const versionId = z.string().min(32).max(64);
export const versionStage = z.string().min(1).max(256);
export const description = z.string().max(2048);
export const kmsKeyId = z.string().max(2048);
export const nextToken = z.string().min(1).max(4096).optional();

/** The partner of a managed external secret. */
export const externalType = z.string().max(256);

/** The settings of the rotation of a managed external secret. */
export const externalMetadata = z.array(
  z.object({ Key: z.string().min(1).max(256), Value: z.string().min(1).max(2048) }),
);

/** Text of 1 to 65,536 bytes. */
export const secretString = z
  .string()
  .min(1)
  .check(bounded((text) => Buffer.byteLength(text)))
  .optional();

/** Base64 of 1 to 65,536 bytes. */
export const secretBinary = z
  .base64()
  .min(1)
  .check(bounded((text) => Buffer.byteLength(text, "base64")))
  .optional();

export const tagKey = z.string().min(1).max(128);
export const tags = z.array(z.object({ Key: tagKey, Value: z.string().max(256) }));

/** The proof that a caller from another account belongs to the rotation. */
export const rotationToken = z
  .string()
  .min(36)
  .max(256)
  .regex(/^[a-zA-Z0-9-]+$/);

/** The regions of new replicas. */
export const replicaRegions = z
  .array(
    z.object({
      Region: z
        .string()
        .min(1)
        .max(128)
        .regex(/^([a-z]+-)+\d+$/),
      KmsKeyId: kmsKeyId.optional(),
    }),
  )
  .min(1);

export const rotationRules = z.object({
  AutomaticallyAfterDays: z.int32().min(1).max(1000).optional(),
  ScheduleExpression: z
    .string()
    .regex(/^[0-9A-Za-z()#?*\-/, ]+$/)
    .min(1)
    .max(256)
    .optional(),
  Duration: z
    .string()
    .regex(/^[0-9]+h$/)
    .min(2)
    .max(3)
    .optional(),
});

const filterValue = z
  .string()
  .max(512)
  .regex(/^!?[a-zA-Z0-9 :_@/+=.\-!]*$/);

/** The filters of ListSecrets and BatchGetSecretValue. */
export const filters = z
  .array(
    z.object({
      Key: z.enum(["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"]),
      Values: z.array(filterValue).min(1).max(10),
    }),
  )
  .max(10)
  .optional();

function isName(text: string): boolean {
  return /^[A-Za-z0-9/_+=.@!-]*$/.test(text);
}

function bounded(bytes: (text: string) => number) {
  return (context: z.core.ParsePayload<string>) => {
    if (bytes(context.value) <= BYTES_PER_VALUE) return;
    context.issues.push({
      code: "too_big",
      origin: "string",
      maximum: BYTES_PER_VALUE,
      inclusive: true,
      input: context.value,
    });
  };
}
