import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { VERSION_ID_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { Stage } from "./stage.ts";

/** A version and the data that it is, or is to be, in a Secret. */
export interface VersionedData {
  readonly versionId: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** The data and annotations of a Secret. */
export async function secretFacts(stage: Stage, namespace: string, name: string): Promise<VersionedData> {
  const { metadata, data } = await stage.api.get<{
    metadata: { annotations?: Record<string, string> };
    data: Record<string, string>;
  }>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]);
  return { versionId: metadata.annotations?.[VERSION_ID_ANNOTATION], data: Object.fromEntries(decoded) };
}

/** AWSCURRENT, by the SDK; its document must be a flat JSON object. */
export async function currentFacts(client: SecretsManagerClient, secretId: string): Promise<VersionedData> {
  const { VersionId, SecretString = "" } = await client.send(
    new GetSecretValueCommand({ SecretId: secretId }),
  );
  const members = Object.entries(JSON.parse(SecretString) as Record<string, string | number>);
  return {
    versionId: VersionId,
    data: Object.fromEntries(members.map(([key, value]) => [key, String(value)])),
  };
}
