import { describeSettings, type SettingDescription } from "@rotated-secrets/operator/settings-help";
import { markdownTable } from "./markdown-table.ts";

/** The reference page of the operator's settings, in Markdown. */
export function settingsPage(): string {
  return [
    "# Settings of the operator",
    "Each setting is a flag and an environment variable. The flag wins. In the chart, set them under `settings` with the names " +
      "of the flags, except those that the chart sets itself. AWS credentials and endpoints come from the AWS SDK's default " +
      "chain.",
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
