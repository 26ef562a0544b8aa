import type { DescribeSecretCommandOutput, SecretListEntry } from "@aws-sdk/client-secrets-manager";
import { secretArnSchema, versionIdSchema } from "@rotated-secrets/contract/version-id";
import { z } from "zod";
import type { RotationSetUp } from "../../ports/secret-catalogue.ts";
import type { SecretSnapshot } from "./secrets-manager-api.ts";

const stagesSchema = z.record(versionIdSchema, z.array(z.string())).default({});

/** The fields that ListSecrets and DescribeSecret have in common. AWS: Secrets Manager API, SecretListEntry. */
const secretSchema = z.object({
  ARN: secretArnSchema,
  Name: z.string(),
  Type: z.string().optional(),
  RotationEnabled: z.boolean().default(false),
  RotationLambdaARN: z.string().optional(),
  OwningService: z.string().optional(),
  LastRotatedDate: z.date().nullish(),
  stages: stagesSchema,
});

/** The secret in an answer of DescribeSecret; undefined if the answer lacks a field that every secret has. */
export function snapshotOfDescription(answer: DescribeSecretCommandOutput): SecretSnapshot | undefined {
  return snapshot({ ...answer, stages: answer.VersionIdsToStages });
}

/** The secret in an entry of ListSecrets; undefined if the entry lacks a field that every secret has. */
export function snapshotOfListEntry(entry: SecretListEntry): SecretSnapshot | undefined {
  return snapshot({ ...entry, stages: entry.SecretVersionsToStages });
}

function snapshot(answer: unknown): SecretSnapshot | undefined {
  const parsed = secretSchema.safeParse(answer);
  if (!parsed.success) return undefined;
  const secret = parsed.data;
  const stages = Object.entries(secret.stages).map(
    ([id, labels]) => [versionIdSchema.parse(id), labels] as const,
  );
  return {
    arn: secret.ARN,
    name: secret.Name,
    rotation: rotationOf(secret),
    stages: new Map(stages),
    ...(secret.LastRotatedDate ? { lastRotatedAt: secret.LastRotatedDate.getTime() } : {}),
  };
}

/**
 * AWS services such as RDS own their secrets and rotate them without a function. The partners of managed external secrets
 * do the same; those secrets have a Type.
 */
function rotationOf(secret: z.infer<typeof secretSchema>): RotationSetUp {
  const functionArn = secret.RotationLambdaARN;
  if (functionArn !== undefined && functionArn !== "") {
    return secret.RotationEnabled ? { kind: "function", functionArn } : { kind: "off" };
  }
  const owner = secret.OwningService ?? (secret.RotationEnabled ? (secret.Type ?? "AWS") : undefined);
  return owner === undefined ? { kind: "off" } : { kind: "managed", owner };
}
