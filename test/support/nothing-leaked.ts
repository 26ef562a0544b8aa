import { awsClient } from "@rotated-secrets/sandbox/samples/database-secret";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";
import { readableTexts } from "./leak-evidence.ts";
import { leaks } from "./leak-search.ts";
import { allSecretValues } from "./secret-versions.ts";

/**
 * Looks for the values of all versions of all secrets in everything that a sandbox has said, whatever its test was about.
 * @throws with the places, and without the values
 */
export async function nothingLeaked(sandbox: Sandbox): Promise<void> {
  const client = awsClient(sandbox);
  try {
    const [texts, values] = await Promise.all([readableTexts(sandbox), allSecretValues(client)]);
    const found = leaks(texts, values);
    if (found.length > 0)
      throw new Error(`secret values can be read where they must not be:\n${found.join("\n")}`);
  } finally {
    client.destroy();
  }
}
