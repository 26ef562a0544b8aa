/** Every field that a line may have besides time, level and msg, and what it means; docs/logs.md has a row for each. */
export const LOG_FIELDS = {
  controller: "Which controller's line it is.",
  object: "The object that it is about, as namespace/name.",
  attempt: "How often in a row work on the object has failed.",
  waitMs: "After how long it is tried again, in ms.",
  error:
    "What was thrown: name, reason and message, at level debug also the stack. Of others' errors the message is withheld.",
  reason: "Reason of an event.",
  note: "What an event says.",
  conflict: "Which object had changed since it was judged.",
  reflector: "Which watched resource it is about.",
  resource: "Kind of an object that could not be read.",
  objects: "How many objects a list had.",
  resourceVersion: "How far a list had come.",
  listed: "The resourceVersion of a list that was older than what was seen before.",
  observed: "The resourceVersion that had been seen before.",
  name: "The part of the operator that it is about.",
  names: "The parts of the operator that it is about.",
  graceMs: "How long they were waited for, in ms.",
  lease: "Name of the Lease by which replicas agree on who leads.",
  holder: "The replica that leads.",
  healthPort: "The port of /healthz, /readyz and /metrics.",
} as const;

/**
 * What a line says besides its message: plain data, under names that mean one thing everywhere, so that logs can be
 * searched. Values that must not leak say so by their toJSON; whatever was thrown goes under `error` and is reduced by
 * summarizeError.
 */
export type LogFields = { readonly [Field in keyof typeof LOG_FIELDS]?: unknown };

/** Least important level that is written. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Writes lines of fields. Messages are fixed texts; what varies goes into fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds these fields to each of its lines. */
  child(fields: LogFields): Logger;
}

/** Writes nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};
