import { z } from "zod";
import { settingsSchema, variableOf } from "./settings-schema.ts";

/** A setting, in words. */
export interface SettingDescription {
  /** The flag is `--<name>`. */
  readonly name: string;
  readonly variable: string;
  readonly meaning: string;
  /** The only values that it takes; undefined for any. */
  readonly choices: readonly string[] | undefined;
  /** The default value, as it is written on the command line. */
  readonly defaultValue: string | undefined;
  /** The fallback for a setting without a default value, in words; empty if there is none. */
  readonly fallback: string;
}

/** All settings, in the order of the schema. */
export function describeSettings(): readonly SettingDescription[] {
  const { properties = {} } = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" });
  return Object.entries(properties).flatMap(([name, schema]) =>
    typeof schema === "boolean" ? [] : [describeSetting(name, schema)],
  );
}

function describeSetting(name: string, schema: z.core.JSONSchema.BaseSchema): SettingDescription {
  const [meaning = "", fallback = ""] = (schema.description ?? "").split(" Default: ");
  return {
    name,
    variable: variableOf(name),
    meaning,
    choices: schema.enum?.map(text),
    defaultValue: schema.default === undefined ? undefined : text(schema.default),
    fallback: fallback.replace(/\.$/, ""),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Output of `--help`. */
export function helpText(): string {
  const settings = describeSettings().map(({ name, meaning, defaultValue, fallback }) => {
    const value = defaultValue ?? fallback;
    return `  --${name}\n      ${meaning}${value === "" ? "" : ` Default: ${value}.`}`;
  });
  return [
    "The operator of rotated-secrets: keeps Secrets current with AWS Secrets Manager, and workloads current with Secrets.",
    "",
    "Usage: operator [flags]",
    "",
    "Each flag is also an environment variable: --log-level is ROTATED_SECRETS_LOG_LEVEL. AWS credentials and endpoints come",
    "from the AWS SDK's default chain.",
    "",
    ...settings,
    "",
  ].join("\n");
}
