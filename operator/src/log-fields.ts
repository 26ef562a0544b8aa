import { type Logger, RUNTIME_LOG_FIELDS } from "@rotated-secrets/kube-runtime/telemetry/logger";

/** Every field that a line of the operator may have besides time, level and msg; docs/logs.md has a row for each. */
export const LOG_FIELDS = {
  object: "The object that the line is about, as namespace/name.",
  secret: "The ARN of the AWS secret that the line is about.",
  reason: "Reason of an event.",
  note: "Message of an event.",
  conflict: "The object that has changed since it was read.",
  resource: "Kind of an object that could not be read.",
  ...RUNTIME_LOG_FIELDS,
} as const;

/** One of `LOG_FIELDS`. */
export type LogField = keyof typeof LOG_FIELDS;

/** The logger of the operator's parts: a line with another field does not compile. */
export type OperatorLogger = Logger<LogField>;
