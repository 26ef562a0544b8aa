import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { generatePassword } from "./generate-password.ts";
import type { PasswordPolicy } from "./password-policy.ts";

/** A new random password by the policy. The word list is loaded only for a policy of words. */
export async function newPassword(policy: PasswordPolicy): Promise<SecretValue<string>> {
  if (policy.kind === "characters") return generatePassword(policy);
  const { generatePassphrase } = await import("./generate-passphrase.ts");
  return generatePassphrase(policy);
}
