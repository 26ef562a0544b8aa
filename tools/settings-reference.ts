import { describeSettings, type SettingDescription } from "@rotated-secrets/operator/settings-help";
import { markdownTable } from "./markdown-table.ts";

/** The reference page of the operator's settings, in Markdown. */
export function settingsPage(): string {
  return [
    "# Settings of the operator",
    "Each is a flag and an environment variable; the flag wins. In the chart they stand under `settings` by the names of the " +
      "flags, except for those that the chart sets itself. AWS credentials and endpoints come from the AWS SDK's default chain.",
    markdownTable(["Flag", "Variable", "Meaning", "Default"], describeSettings().map(row)),
  ].join("\n\n");
}

function row({
  name,
  variable,
  meaning,
  choices,
  defaultValue,
  fallback,
}: SettingDescription): readonly string[] {
  const choice = choices === undefined ? "" : ` One of ${choices.map(code).join(", ")}.`;
  return [
    code(`--${name}`),
    code(variable),
    meaning + choice,
    defaultValue === undefined ? fallback : code(defaultValue),
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}
