import { type DestinationStream, pino, stdTimeFunctions } from "pino";
import { stackFrames, summarizeError } from "./error-summary.ts";
import type { LogFields, Logger, LogLevel } from "./logger.ts";

/** How to make the process' logger. */
export interface JsonLoggerOptions {
  /** Least important level that is written; `debug` also writes stacks. */
  readonly level: LogLevel;
  /** Where lines go. @default stdout */
  readonly destination?: DestinationStream;
}

const DEEPEST = 5;
const LONGEST_TEXT = 2_000;

/**
 * A logger that writes one JSON object a line: time (RFC 3339, UTC), level, the fields, msg. Errors, wherever they
 * stand, are reduced by summarizeError; what has a toJSON, as SecretValue has, is written as that says.
 */
export function jsonLogger({
  level,
  destination = pino.destination({ fd: 1, sync: true }),
}: JsonLoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => plainFields(fields, level),
      bindings: (fields: object) => plainFields(fields, level),
    },
  };
  return wrap(pino(options, destination));
}

/** The part of pino's logger that is used. */
interface PinoLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): PinoLogger;
}

function wrap(logger: PinoLogger): Logger {
  return {
    debug: (message, fields = {}) => logger.debug(guarded(fields), message),
    info: (message, fields = {}) => logger.info(guarded(fields), message),
    warn: (message, fields = {}) => logger.warn(guarded(fields), message),
    error: (message, fields = {}) => logger.error(guarded(fields), message),
    child: (fields) => wrap(logger.child(guarded(fields))),
  };
}

/** A copy: pino treats an Error, and some of Node's objects, in its own way when they are the fields themselves. */
function guarded(fields: LogFields): object {
  return fields instanceof Error ? { error: fields } : { ...fields };
}

function plainFields(fields: object, level: LogLevel): Record<string, unknown> {
  const named = Object.entries(fields).map(([name, value]) => [
    name,
    name === "error" ? plainError(value, level) : plain(value, level, 1),
  ]);
  return Object.fromEntries(named);
}

/** Plain data of bounded size. */
function plain(value: unknown, level: LogLevel, depth: number): unknown {
  if (typeof value === "string")
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}...` : value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return plainError(value, level);
  if (depth > DEEPEST || ArrayBuffer.isView(value)) return "[omitted]";
  if ("toJSON" in value && typeof value.toJSON === "function") return plain(value.toJSON(), level, depth + 1);
  if (Array.isArray(value)) return value.map((item) => plain(item, level, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, plain(field, level, depth + 1)]),
  );
}

function plainError(thrown: unknown, level: LogLevel): Record<string, unknown> {
  const summary = summarizeError(thrown);
  if (!(thrown instanceof Error)) return { ...summary };
  const cause = thrown.cause instanceof Error ? { cause: summarizeError(thrown.cause) } : {};
  return level === "debug" ? { ...summary, ...cause, stack: stackFrames(thrown) } : { ...summary, ...cause };
}
