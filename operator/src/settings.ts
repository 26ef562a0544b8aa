import { parseArgs } from "node:util";
import { z } from "zod";
import { parseDuration } from "./api/duration.ts";

/** A duration such as `90s` or `1h30m`, in milliseconds. */
const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch {
    context.addIssue({ code: "custom", message: "write a duration such as 90s, 5m or 1h30m" });
    return z.NEVER;
  }
});
/** `true` or `false`, for a flag's value stands behind it. */
const toggle = z.enum(["true", "false"]).transform((text) => text === "true");
const count = (min: number, max: number) =>
  z.coerce.number("write a number").int("write a whole number").min(min).max(max);

/** Every setting: a flag `--<name>`, and an environment variable ROTATED_SECRETS_<NAME>. The flag wins. */
export const settingsSchema = z.object({
  "bind-address": z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("Address that /metrics, /healthz and /readyz are served on."),
  port: count(0, 65_535).default(8080).describe("Port of the same; 0 takes a free one."),
  region: z
    .string()
    .optional()
    .describe("AWS region of secrets that name none. Default: AWS_REGION, else AWS_DEFAULT_REGION."),
  kubeconfig: z
    .string()
    .optional()
    .describe("Kubeconfig file. Default: KUBECONFIG, else the pod's ServiceAccount, else ~/.kube/config."),
  "log-level": z
    .enum(["debug", "info", "warn", "error"])
    .default("info")
    .describe("Least important lines that are logged."),
  workers: count(1, 64)
    .default(64)
    .describe(
      "RotatedSecrets that are worked on at once; most of that time they wait for AWS or the API server.",
    ),
  "kube-qps": count(1, 10_000)
    .default(500)
    .describe("Requests a second to the API server; twice as many in a burst."),
  "list-every": duration.prefault("60s").describe("How often all secrets are listed (ListSecrets)."),
  "describe-every": duration
    .prefault("5m")
    .describe("How often each secret is described while lists show it (DescribeSecret)."),
  "describe-unlisted-every": duration
    .prefault("60s")
    .describe("How often each secret is described where lists are not worth it, or not allowed."),
  "leader-elect": toggle
    .prefault("false")
    .describe(
      "Whether replicas agree by a Lease on the one that works; the others stand by. The chart says true.",
    ),
  "lease-name": z
    .string()
    .min(1)
    .max(253)
    .default("rotated-secrets")
    .describe("Name of that Lease; the chart gives it the release's full name."),
  "lease-namespace": z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe(
      "Namespace of that Lease. Default: POD_NAMESPACE, else the kubeconfig context's, else default.",
    ),
  "shutdown-grace": duration.prefault("20s").describe("How long work on its way may take after SIGTERM."),
});

/** The operator's settings, defaults filled in; durations in milliseconds. */
export type Settings = Readonly<z.output<typeof settingsSchema>> & { readonly region: string };

/** What the command line asks for. */
export type CommandLine =
  | { readonly kind: "run"; readonly settings: Settings }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problems: string };

type Environment = Readonly<Record<string, string | undefined>>;
const NAMES = Object.keys(settingsSchema.shape);

/** Reads flags and environment. Never throws: what is wrong is told a line each. */
export function readSettings(args: readonly string[], environment: Environment): CommandLine {
  const flags = parseFlags(args);
  if ("problem" in flags) return { kind: "invalid", problems: flags.problem };
  if (flags.values.help === true) return { kind: "help", text: helpText() };
  const given = NAMES.flatMap((name) => {
    const value = flags.values[name] ?? environment[variableOf(name)];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = settingsSchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) return { kind: "invalid", problems: parsed.error.issues.map(problemLine).join("\n") };
  const region = parsed.data.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (region === undefined || region === "")
    return { kind: "invalid", problems: "no AWS region is known: write --region, or set AWS_REGION" };
  return { kind: "run", settings: { ...parsed.data, region } };
}

function parseFlags(
  args: readonly string[],
):
  | { readonly values: Readonly<Record<string, string | boolean | undefined>> }
  | { readonly problem: string } {
  const flags = NAMES.map((name) => [name, { type: "string" }] as const);
  const options = Object.fromEntries<{ type: "string" | "boolean" }>([
    ...flags,
    ["help", { type: "boolean" }],
  ]);
  try {
    return { values: parseArgs({ args: [...args], options, allowPositionals: false }).values };
  } catch (error) {
    return {
      problem: `${error instanceof Error ? error.message : "the command line cannot be read"}\nSee --help.`,
    };
  }
}

function problemLine({ path, message }: z.core.$ZodIssue): string {
  const name = String(path[0]);
  return `--${name} (${variableOf(name)}): ${message}`;
}

function variableOf(name: string): string {
  return `ROTATED_SECRETS_${name.toUpperCase().replaceAll("-", "_")}`;
}

function helpText(): string {
  const lines = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const fallback = schema.safeParse(undefined).success ? defaultOf(schema) : "";
    return `  --${name}\n      ${schema.description ?? ""}${fallback}`;
  });
  return [
    "The operator of rotated-secrets: keeps Secrets current with AWS Secrets Manager, and workloads current with Secrets.",
    "",
    "Usage: operator [flags]",
    "",
    "Each flag is also an environment variable: --log-level is ROTATED_SECRETS_LOG_LEVEL. AWS credentials and endpoints come",
    "from the AWS SDK's default chain.",
    "",
    ...lines,
    "",
  ].join("\n");
}

function defaultOf(schema: z.ZodType): string {
  const { def } = schema as unknown as { readonly def: { readonly defaultValue?: string | number } };
  return def.defaultValue === undefined ? "" : ` Default: ${def.defaultValue}.`;
}
