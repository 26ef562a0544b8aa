import { settingsSchema } from "@rotated-secrets/operator/settings";
import { z } from "zod";
import { markdownTable } from "./markdown-table.ts";

/** The reference page of the operator's settings, in Markdown. */
export function settingsPage(): string {
  const { properties = {} } = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" });
  const rows = Object.entries(properties).map(([name, schema]) =>
    row(name, schema as z.core.JSONSchema.BaseSchema),
  );
  return [
    "# Settings of the operator",
    "Each is a flag and an environment variable; the flag wins. In the chart they stand under `settings` by the names of the " +
      "flags, except for those that the chart sets itself. AWS credentials and endpoints come from the AWS SDK's default chain.",
    markdownTable(["Flag", "Variable", "Meaning", "Default"], rows),
  ].join("\n\n");
}

function row(name: string, schema: z.core.JSONSchema.BaseSchema): readonly string[] {
  const [meaning = "", absence = ""] = (schema.description ?? "").split(" Default: ");
  const fallback = schema.default === undefined ? absence.replace(/\.$/, "") : `\`${plain(schema.default)}\``;
  const choice =
    schema.enum === undefined ? "" : ` One of ${schema.enum.map((word) => `\`${plain(word)}\``).join(", ")}.`;
  const variable = `ROTATED_SECRETS_${name.toUpperCase().replaceAll("-", "_")}`;
  return [`\`--${name}\``, `\`${variable}\``, `${meaning}${choice}`, fallback];
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
