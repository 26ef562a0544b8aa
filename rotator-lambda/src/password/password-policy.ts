/** What a new password may and must consist of. */
export type PasswordPolicy = CharacterPolicy | WordPolicy;

/** Random characters. */
export interface CharacterPolicy {
  readonly kind: "characters";
  /** In characters, all of them ASCII. */
  readonly length: number;
  /** The kinds of characters that it may have, each without those that are excluded, none empty. */
  readonly alphabets: readonly string[];
  /** Whether it has a character of every kind. */
  readonly requireEach: boolean;
}

/** Random words, for passwords that people type. */
export interface WordPolicy {
  readonly kind: "words";
  /** How many words; each adds 11 bits. */
  readonly count: number;
  readonly separator: string;
}

/** AWS: GetRandomPassword, which has the same kinds. */
export const CHARACTERS = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;
