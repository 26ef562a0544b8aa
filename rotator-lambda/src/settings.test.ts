import { describe, expect, it } from "vitest";
import { CHARACTERS } from "./password/password-policy.ts";
import { type Environment, readSettings } from "./settings.ts";

describe("readSettings", () => {
  it("has the defaults of AWS's templates", () => {
    const { password } = readSettings({});
    expect(password).toEqual({
      kind: "characters",
      length: 32,
      requireEach: true,
      alphabets: [
        CHARACTERS.lowercase,
        CHARACTERS.uppercase,
        CHARACTERS.numbers,
        "!#$%&()*+,-.;<=>?[]^_`{|}~",
      ],
    });
  });

  it.each<[Environment, readonly string[]]>([
    [{ EXCLUDE_PUNCTUATION: "true", EXCLUDE_NUMBERS: "Yes" }, [CHARACTERS.lowercase, CHARACTERS.uppercase]],
    [{ EXCLUDE_PUNCTUATION: "1", EXCLUDE_LOWERCASE: "y" }, [CHARACTERS.uppercase, CHARACTERS.numbers]],
    [
      { EXCLUDE_PUNCTUATION: "true", EXCLUDE_CHARACTERS: CHARACTERS.numbers },
      [CHARACTERS.lowercase, CHARACTERS.uppercase],
    ],
  ])("%j leaves these alphabets", (environment, alphabets) => {
    expect(readSettings(environment).password).toMatchObject({ alphabets });
  });

  it("makes passwords of words if their number is set", () => {
    const { password } = readSettings({ ROTATED_SECRETS_PASSWORD_WORDS: "8" });
    expect(password).toEqual({ kind: "words", count: 8, separator: "-" });
  });

  it("reads the secrets of each master, and the allowed hosts", () => {
    const { masters, allowedHosts } = readSettings({
      MASTERS: '{"arn:master":["arn:app-*"]}',
      ALLOWED_HOSTS: " DB.example:5432, *.rds.amazonaws.com ",
    });
    expect(masters).toEqual({ "arn:master": ["arn:app-*"] });
    expect(allowedHosts).toEqual(["db.example:5432", "*.rds.amazonaws.com"]);
    expect(readSettings({ MASTERS: "", ALLOWED_HOSTS: "" })).toEqual(readSettings({}));
  });

  it.each<[Environment, RegExp]>([
    [{ MASTERS: "arn:master" }, /MASTERS: must be a JSON object from ARNs of master secrets/],
    [{ MASTERS: '{"arn:master":"arn:app"}' }, /MASTERS.*must be a JSON object/],
    [{ MASTERS: "[]" }, /MASTERS.*must be a JSON object/],
    [{ PASSWORD_LENGTH: "seven" }, /PASSWORD_LENGTH/],
    [{ PASSWORD_LENGTH: "7" }, /PASSWORD_LENGTH/],
    [{ PASSWORD_LENGTH: "5000" }, /PASSWORD_LENGTH/],
    [{ ROTATED_SECRETS_PASSWORD_WORDS: "5" }, /ROTATED_SECRETS_PASSWORD_WORDS/],
    [{ SECRETS_MANAGER_ENDPOINT: "nowhere" }, /SECRETS_MANAGER_ENDPOINT/],
    [{ ROTATED_SECRETS_CA_FILE: "/no/such/file.pem" }, /ROTATED_SECRETS_CA_FILE is \/no\/such\/file\.pem/],
    [{ EXCLUDE_CHARACTERS: Object.values(CHARACTERS).join("") }, /Exclude fewer/],
  ])("refuses %j", (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});
