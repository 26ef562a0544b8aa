import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  paginateListSecrets,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Planted } from "./leak-search.ts";

/** Fields of AWS's documents that are not secret. */
const OPEN = new Set(["engine", "host", "port", "username", "dbname", "ssl", "masterarn"]);
/** Shorter texts are found by chance. */
const SHORTEST = 8;

/** The values of all versions of all secrets in AWS: whole, and member by member. */
export async function allSecretValues(client: SecretsManagerClient): Promise<readonly Planted[]> {
  const planted: Planted[] = [];
  for await (const { SecretList = [] } of paginateListSecrets({ client }, {})) {
    for (const { ARN, Name = "" } of SecretList) {
      const request = { SecretId: ARN, IncludeDeprecated: true };
      const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand(request));
      for (const { VersionId = "" } of Versions) {
        planted.push(...valuesOf(`${Name}, version ${VersionId}`, await read(client, ARN, VersionId)));
      }
    }
  }
  return planted;
}

/** A version that a rotation has not filled yet, or never will, has no value. */
async function read(client: SecretsManagerClient, arn: string | undefined, version: string): Promise<string> {
  try {
    const request = new GetSecretValueCommand({ SecretId: arn, VersionId: version });
    return (await client.send(request)).SecretString ?? "";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return "";
    throw error;
  }
}

function valuesOf(name: string, text: string): readonly Planted[] {
  const members = Object.entries(membersOf(text)).map(([key, member]) => ({
    name: `${name}, ${key}`,
    key,
    member,
  }));
  const values = members.flatMap(({ name, key, member }) =>
    typeof member === "string" && !OPEN.has(key) ? [{ name, value: member }] : [],
  );
  return [{ name: `${name}, whole`, value: text }, ...values].filter(({ value }) => value.length >= SHORTEST);
}

function membersOf(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
