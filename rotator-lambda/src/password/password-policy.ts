/** What a new password may and must consist of. */
export interface PasswordPolicy {
  /** In characters, all of them ASCII. */
  readonly length: number;
  /** The kinds of characters that it may have, each without those that are excluded, none empty. */
  readonly alphabets: readonly string[];
  /** Whether it has a character of every kind. */
  readonly requireEach: boolean;
}

/** AWS: GetRandomPassword, which has the same kinds. */
export const CHARACTERS = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;
