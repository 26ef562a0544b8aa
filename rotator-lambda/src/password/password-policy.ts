/** The form of a new password. */
export type PasswordPolicy = CharacterPolicy | WordPolicy;

/** Random characters. */
export interface CharacterPolicy {
  readonly kind: "characters";
  /** In ASCII characters. */
  readonly length: number;
  /** The allowed characters of each kind. No alphabet is empty. */
  readonly alphabets: readonly string[];
  /** Whether the password has a character of each alphabet. */
  readonly requireEach: boolean;
}

/** Random words, for passwords that people type. */
export interface WordPolicy {
  readonly kind: "words";
  /** Number of words. Each adds 11 bits. */
  readonly count: number;
  readonly separator: string;
}

/** The kinds of characters, the same as those of AWS's GetRandomPassword. */
export const CHARACTERS = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;
