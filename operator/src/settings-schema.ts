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
/** `true` or `false`: a flag has a value. */
const toggle = z.enum(["true", "false"]).transform((text) => text === "true");
const count = (min: number, max: number) =>
  z.coerce.number("write a number").int("write a whole number").min(min).max(max);

/** Every setting: a flag `--<name>`, and an environment variable ROTATED_SECRETS_<NAME>. The flag wins. */
export const settingsSchema = z.object({
  "bind-address": z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("Address of /metrics, /healthz and /readyz."),
  port: count(0, 65_535).default(8080).describe("Port of /metrics; 0 selects a free one."),
  "health-port": count(0, 65_535)
    .default(8081)
    .describe("Port of /healthz and /readyz, not that of /metrics; 0 selects a free one."),
  region: z
    .string()
    .optional()
    .describe(
      "AWS region of secrets whose RotatedSecret names none. Default: AWS_REGION, or AWS_DEFAULT_REGION.",
    ),
  kubeconfig: z
    .string()
    .optional()
    .describe(
      "Kubeconfig file. Default: KUBECONFIG, the pod's ServiceAccount, or ~/.kube/config, in this order.",
    ),
  "log-level": z
    .enum(["debug", "info", "warn", "error"])
    .default("info")
    .describe("Lowest level of lines that are logged."),
  workers: count(1, 64)
    .default(64)
    .describe(
      "RotatedSecrets that are reconciled at the same time; they mostly wait for AWS or the API server.",
    ),
  "kube-qps": count(1, 10_000)
    .default(500)
    .describe("Requests per second to the API server; twice as many in a burst."),
  "list-every": duration.prefault("60s").describe("How often all secrets are listed (ListSecrets)."),
  "describe-every": duration
    .prefault("5m")
    .describe("How often each secret is described while lists show it (DescribeSecret)."),
  "describe-unlisted-every": duration
    .prefault("60s")
    .describe("How often each secret is described if lists are too expensive, or not allowed."),
  "leader-elect": toggle
    .prefault("false")
    .describe("Whether replicas elect a leader by a Lease; the others are standbys. The chart sets true."),
  "lease-name": z
    .string()
    .min(1)
    .max(253)
    .default("rotated-secrets")
    .describe("Name of that Lease. The chart sets the full name of the release."),
  "lease-namespace": z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe(
      "Namespace of that Lease. Default: POD_NAMESPACE, the namespace of the kubeconfig context, or default.",
    ),
  "shutdown-grace": duration.prefault("20s").describe("How long work in progress may take after SIGTERM."),
});

/** The names of all settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape);

/** The environment variable of a setting: ROTATED_SECRETS_LOG_LEVEL for `log-level`. */
export function variableOf(name: string): string {
  return `ROTATED_SECRETS_${name.toUpperCase().replaceAll("-", "_")}`;
}
