import { randomInt } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { RandomInt } from "./generate-password.ts";
import type { WordPolicy } from "./password-policy.ts";

/** A random passphrase of BIP-39's 2,048 English words. They have 3 to 8 lower case letters and differ in the first four. */
export function generatePassphrase(policy: WordPolicy, random: RandomInt = randomInt): SecretValue<string> {
  const words = Array.from({ length: policy.count }, () => wordlist[random(wordlist.length)]);
  return new SecretValue(words.join(policy.separator));
}
