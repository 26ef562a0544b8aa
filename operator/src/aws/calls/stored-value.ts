import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { type SecretArn, secretArnSchema, versionIdSchema } from "@rotated-secrets/contract/version-id";
import { z } from "zod";
import type { VersionValue } from "../../ports/secret-values.ts";

/** The fields that GetSecretValue and the entries of BatchGetSecretValue have in common. */
const storedSchema = z.object({
  ARN: secretArnSchema,
  VersionId: versionIdSchema,
  CreatedDate: z.date(),
  SecretString: z.string().optional(),
  SecretBinary: z.instanceof(Uint8Array).optional(),
});

/** The value, and the ARN of its secret; undefined if the answer lacks a field that every value has. */
export function storedValue(
  answer: unknown,
): { readonly arn: SecretArn; readonly current: VersionValue } | undefined {
  const parsed = storedSchema.safeParse(answer);
  const value = parsed.data?.SecretString ?? parsed.data?.SecretBinary;
  if (!parsed.success || value === undefined) return undefined;
  const { ARN, VersionId, CreatedDate } = parsed.data;
  return {
    arn: ARN,
    current: { versionId: VersionId, createdAt: CreatedDate.getTime(), value: new SecretValue(value) },
  };
}
