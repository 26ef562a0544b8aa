import { z } from "zod";
import { invalidParameter } from "../../aws-error.ts";
import { type Context, operation } from "../operation.ts";

const CLASSES = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
};

/** Not recorded. AWS: GetRandomPassword API reference; wording of the refusals not confirmed by AWS. */
export const getRandomPassword = operation({
  name: "GetRandomPassword",
  sees: "truth",
  request: z.object({
    PasswordLength: z.int32().min(1).max(4096).default(32),
    ExcludeCharacters: z.string().max(4096).default(""),
    ExcludeNumbers: z.boolean().default(false),
    ExcludePunctuation: z.boolean().default(false),
    ExcludeUppercase: z.boolean().default(false),
    ExcludeLowercase: z.boolean().default(false),
    IncludeSpace: z.boolean().default(false),
    RequireEachIncludedType: z.boolean().default(true),
  }),
  run(_secrets, request, { randomInt }) {
    const classes = includedClasses(request);
    const pool =
      classes.join("") + (request.IncludeSpace && !request.ExcludeCharacters.includes(" ") ? " " : "");
    const required = request.RequireEachIncludedType ? classes : [];
    if (pool === "") throw invalidParameter("All characters have been excluded from selection.");
    if (required.includes(""))
      throw invalidParameter("All characters of the desired type have been excluded.");
    if (required.length > request.PasswordLength) {
      throw invalidParameter("Password length is too short based on the required types.");
    }
    const rest = Array.from({ length: request.PasswordLength - required.length }, () => pool);
    const letters = [...required, ...rest].map((choice) => choice.charAt(randomInt(choice.length)));
    return { answer: { RandomPassword: shuffled(letters, randomInt).join("") } };
  },
});

function includedClasses(request: {
  readonly ExcludeCharacters: string;
  readonly ExcludeNumbers: boolean;
  readonly ExcludePunctuation: boolean;
  readonly ExcludeUppercase: boolean;
  readonly ExcludeLowercase: boolean;
}): string[] {
  const included = [
    request.ExcludeLowercase ? [] : [CLASSES.lowercase],
    request.ExcludeUppercase ? [] : [CLASSES.uppercase],
    request.ExcludeNumbers ? [] : [CLASSES.numbers],
    request.ExcludePunctuation ? [] : [CLASSES.punctuation],
  ].flat();
  return included.map((letters) =>
    [...letters].filter((c) => !request.ExcludeCharacters.includes(c)).join(""),
  );
}

function shuffled(letters: string[], randomInt: Context["randomInt"]): string[] {
  for (let last = letters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [letters[last], letters[other]] = [letters[other] ?? "", letters[last] ?? ""];
  }
  return letters;
}
