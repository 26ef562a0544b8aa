import { parseArgs } from "node:util";
import type { z } from "zod";
import { helpText } from "./settings-help.ts";
import { SETTING_NAMES, settingsSchema, variableOf } from "./settings-schema.ts";

/** The operator's settings, defaults filled in; durations in milliseconds. */
export type Settings = Readonly<z.output<typeof settingsSchema>> & { readonly region: string };

/** Result of reading the command line. */
export type CommandLine =
  | { readonly kind: "run"; readonly settings: Settings }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problems: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads flags and environment. Never throws: `problems` has one line for each problem. */
export function readSettings(args: readonly string[], environment: Environment): CommandLine {
  const flags = parseFlags(args);
  if (flags.kind === "invalid") return flags;
  if (flags.values.help === true) return { kind: "help", text: helpText() };
  const given = SETTING_NAMES.flatMap((name) => {
    const value = flags.values[name] ?? environment[variableOf(name)];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = settingsSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) return { kind: "invalid", problems: parsed.error.issues.map(problemLine).join("\n") };
  const region = parsed.data.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (region === undefined || region === "")
    return { kind: "invalid", problems: "no AWS region is known: write --region, or set AWS_REGION" };
  if (sharesItsPort(parsed.data))
    return { kind: "invalid", problems: "--health-port is the same as --port: write two different ports" };
  return { kind: "run", settings: { ...parsed.data, region } };
}

function sharesItsPort({ port, "health-port": healthPort }: z.output<typeof settingsSchema>): boolean {
  return port !== 0 && port === healthPort;
}

type Flags = {
  readonly kind: "flags";
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
};

function parseFlags(args: readonly string[]): Flags | Extract<CommandLine, { readonly kind: "invalid" }> {
  const flags = SETTING_NAMES.map((name) => [name, { type: "string" }] as const);
  const options = Object.fromEntries<{ type: "string" | "boolean" }>([
    ...flags,
    ["help", { type: "boolean" }],
  ]);
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    return { kind: "flags", values };
  } catch (error) {
    const problem = error instanceof Error ? error.message : "the command line cannot be read";
    return { kind: "invalid", problems: `${problem}\nSee --help.` };
  }
}

function problemLine({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0]);
  return `--${name} (${variableOf(name)}): ${message}`;
}
