import { z } from "zod";

/** The fewest and the most characters of a version's id. */
export const MIN_VERSION_ID = 32;
export const MAX_VERSION_ID = 64;

/**
 * Id of a version of a secret: the ClientRequestToken of its creation, 32 to 64 characters.
 * AWS: Secrets Manager API, SecretVersionIdType.
 */
export const versionIdSchema = z.string().min(MIN_VERSION_ID).max(MAX_VERSION_ID).brand<"VersionId">();
export type VersionId = z.infer<typeof versionIdSchema>;

/** Complete ARN of a secret, with the six random characters at its end. A name or a partial ARN is not enough. */
export const secretArnSchema = z
  .string()
  .max(2048)
  .regex(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/,
    "is not a complete ARN of a Secrets Manager secret",
  )
  .brand<"SecretArn">();
export type SecretArn = z.infer<typeof secretArnSchema>;

/** Reads a version id. @throws RangeError when `text` does not have 32 to 64 characters */
export function parseVersionId(text: string): VersionId {
  const parsed = versionIdSchema.safeParse(text);
  if (!parsed.success)
    throw new RangeError(`"${text}" is not a version id: it must have 32 to 64 characters`);
  return parsed.data;
}

/** Reads a secret's ARN. @throws RangeError when `text` is not the complete ARN of a secret */
export function parseSecretArn(text: string): SecretArn {
  const parsed = secretArnSchema.safeParse(text);
  if (!parsed.success) {
    throw new RangeError(
      `"${text}" is not a complete secret ARN: arn:aws:secretsmanager:<region>:<account>:secret:<name>-<6 characters>`,
    );
  }
  return parsed.data;
}
