/** The fields that lines of the runtime may have besides time, level and msg, with their meaning. */
export const RUNTIME_LOG_FIELDS = {
  controller: "The controller that writes the line.",
  reconcileID:
    "The reconcile in which the line was written: the same in all of its lines, a new one each time.",
  attempt: "How many times in a row the reconcile of this key has failed.",
  waitMs: "Time until the next attempt, in ms.",
  error:
    "The error: name, reason and message; at level debug also the stack. Messages of libraries are withheld.",
  reflector: "The watched resource.",
  objects: "Number of objects in a list.",
  resourceVersion: "The resourceVersion of a list.",
  listed: "The resourceVersion of a list that is older than what was seen before.",
  observed: "The resourceVersion that was seen before.",
  name: "A part of the process.",
  names: "Parts of the process.",
  graceMs: "How long the process waited for them, in ms.",
  lease: "The Lease of the leader election.",
  holder: "The replica that is the leader.",
  healthPort: "The port of /healthz and /readyz.",
  metricsPort: "The port of /metrics.",
} as const;

/** One of `RUNTIME_LOG_FIELDS`. */
export type RuntimeLogField = keyof typeof RUNTIME_LOG_FIELDS;

/**
 * The fields of a line: plain data, under names that mean the same in every line, so that logs can be searched. Put
 * anything thrown under `error`: the logger reduces it by summarizeError. Values that must not leak have a toJSON.
 */
export type LogFields<Field extends string = RuntimeLogField> =
  | { readonly [Name in Field]?: unknown }
  | { readonly [Name in RuntimeLogField]?: unknown };

/** The least important level that is written. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Writes lines. A message is a fixed text, so that lines can be counted; values go into fields.
 *
 * @typeParam Field names of the fields that a product adds to those of the runtime; other names do not compile
 */
export interface Logger<Field extends string = RuntimeLogField> {
  debug(message: string, fields?: LogFields<Field>): void;
  info(message: string, fields?: LogFields<Field>): void;
  warn(message: string, fields?: LogFields<Field>): void;
  error(message: string, fields?: LogFields<Field>): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields<Field>): Logger<Field>;
}

/** Writes nothing. */
export const silentLogger: Logger<string> = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
