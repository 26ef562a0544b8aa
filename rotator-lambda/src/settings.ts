import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Masters, mastersSchema } from "./masters.ts";
import { CHARACTERS, type PasswordPolicy } from "./password/password-policy.ts";
import { RotationError } from "./rotation-error.ts";

/** The function's settings. */
export interface Settings {
  readonly password: PasswordPolicy;
  /** Endpoint of Secrets Manager; undefined for the region's. */
  readonly secretsManagerEndpoint: string | undefined;
  /** PEM certificates of the authorities trusted for databases; undefined for Node's own. */
  readonly certificateAuthorities: string | undefined;
  /** The secrets that may use each master secret; undefined if every secret may use every master of its own server. */
  readonly masters: Masters | undefined;
  /** Globs of the hosts that the function may connect to; undefined for all. */
  readonly allowedHosts: readonly string[] | undefined;
}

/** The environment of a Lambda function. */
export type Environment = Readonly<Record<string, string | undefined>>;

const YES = ["true", "1", "y", "yes"];
const flag = (absent: boolean) =>
  z
    .string()
    .default(String(absent))
    .transform((text) => YES.includes(text.toLowerCase()));

const SHORTEST = 8;
/** AWS: GetRandomPassword, PasswordLength. */
const LONGEST = 4_096;
/** Each word is one of 2,048, so six have 66 bits. */
const FEWEST_WORDS = 6;
const MOST_WORDS = 64;
const WORD_SEPARATOR = "-";

const emptyIsAbsent = (text: unknown) => (text === "" ? undefined : text);
const hostsIn = (text: string) =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((host) => host !== "");

// Same names and defaults as AWS's rotation templates, so that this function can replace one without changes to its settings.
const environmentSchema = z.object({
  EXCLUDE_CHARACTERS: z.string().default(":/@\"'\\"),
  PASSWORD_LENGTH: z.coerce.number().int().min(SHORTEST).max(LONGEST).default(32),
  EXCLUDE_NUMBERS: flag(false),
  EXCLUDE_PUNCTUATION: flag(false),
  EXCLUDE_UPPERCASE: flag(false),
  EXCLUDE_LOWERCASE: flag(false),
  REQUIRE_EACH_INCLUDED_TYPE: flag(true),
  /** Number of words, for a password of words. The variables above then have no effect. */
  ROTATED_SECRETS_PASSWORD_WORDS: z.coerce.number().int().min(FEWEST_WORDS).max(MOST_WORDS).optional(),
  SECRETS_MANAGER_ENDPOINT: z.url().optional(),
  /** Path of a PEM file that replaces Node's authorities. To add to them, use NODE_EXTRA_CA_CERTS instead. */
  ROTATED_SECRETS_CA_FILE: z.string().min(1).optional(),
  /** JSON: the secrets that may use each master secret. An empty text is the same as none, for templates with parameters. */
  MASTERS: z.preprocess(emptyIsAbsent, mastersSchema.optional()),
  /** Hosts that the function may connect to, separated by commas or spaces. An empty text is the same as none. */
  ALLOWED_HOSTS: z.preprocess(emptyIsAbsent, z.string().transform(hostsIn).optional()),
});

/** Reads the settings. @throws RotationError of kind `settings` that names every invalid variable */
export function readSettings(environment: Environment): Settings {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new RotationError("settings", `The function's environment is invalid. ${problems.join("; ")}.`);
  }
  const { data } = parsed;
  return {
    password: passwordPolicy(data),
    secretsManagerEndpoint: data.SECRETS_MANAGER_ENDPOINT,
    certificateAuthorities: readCertificates(data.ROTATED_SECRETS_CA_FILE),
    masters: data.MASTERS,
    allowedHosts: data.ALLOWED_HOSTS,
  };
}

function passwordPolicy(environment: z.infer<typeof environmentSchema>): PasswordPolicy {
  const count = environment.ROTATED_SECRETS_PASSWORD_WORDS;
  if (count !== undefined) return { kind: "words", count, separator: WORD_SEPARATOR };
  const excluded = environment.EXCLUDE_CHARACTERS;
  const alphabets = [
    environment.EXCLUDE_LOWERCASE ? "" : CHARACTERS.lowercase,
    environment.EXCLUDE_UPPERCASE ? "" : CHARACTERS.uppercase,
    environment.EXCLUDE_NUMBERS ? "" : CHARACTERS.numbers,
    environment.EXCLUDE_PUNCTUATION ? "" : CHARACTERS.punctuation,
  ]
    .map((alphabet) => [...alphabet].filter((character) => !excluded.includes(character)).join(""))
    .filter((alphabet) => alphabet !== "");
  if (alphabets.join("").length < 2) {
    throw new RotationError(
      "settings",
      "EXCLUDE_CHARACTERS, EXCLUDE_NUMBERS, EXCLUDE_PUNCTUATION, EXCLUDE_UPPERCASE and EXCLUDE_LOWERCASE together leave " +
        "too few characters for a password. Exclude fewer.",
    );
  }
  return {
    kind: "characters",
    length: environment.PASSWORD_LENGTH,
    alphabets,
    requireEach: environment.REQUIRE_EACH_INCLUDED_TYPE,
  };
}

function readCertificates(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new RotationError(
      "settings",
      `ROTATED_SECRETS_CA_FILE is ${path}, which cannot be read. Put the PEM file there, for example with a layer.`,
    );
  }
}
