import { randomInt } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { CharacterPolicy } from "./password-policy.ts";

/** A random number from 0 to `limit` - 1. All are equally likely. */
export type RandomInt = (limit: number) => number;

/** Enough even for a policy that few draws meet, such as one with a single character in each alphabet. */
const DRAWS = 100_000;

/** A random password. All passwords that the policy allows are equally likely. @throws Error when no draw meets the policy */
export function generatePassword(
  policy: CharacterPolicy,
  random: RandomInt = randomInt,
): SecretValue<string> {
  const alphabet = policy.alphabets.join("");
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const password = Array.from({ length: policy.length }, () =>
      alphabet.charAt(random(alphabet.length)),
    ).join("");
    if (!policy.requireEach || hasEach(password, policy.alphabets)) return new SecretValue(password);
  }
  throw new Error(
    `no password in ${DRAWS} draws has a character of each of the ${policy.alphabets.length} kinds`,
  );
}

function hasEach(password: string, alphabets: readonly string[]): boolean {
  return alphabets.every((alphabet) => [...password].some((character) => alphabet.includes(character)));
}
