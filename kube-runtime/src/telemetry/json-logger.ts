import { type DestinationStream, pino, stdTimeFunctions } from "pino";
import { stackFrames, summarizeError } from "./error-summary.ts";
import { scopedLogFields } from "./log-scope.ts";
import type { Logger, LogLevel, RuntimeLogField } from "./logger.ts";

/** Options of jsonLogger. */
export interface JsonLoggerOptions {
  /** The least important level that is written; `debug` also writes stacks. */
  readonly level: LogLevel;
  /** Where lines go. @default stdout */
  readonly destination?: DestinationStream;
}

const DEEPEST = 5;
const LONGEST_TEXT = 2_000;

/**
 * A logger that writes one JSON object a line: time (RFC 3339, UTC), level, the fields, msg. Fields come from the
 * enclosing `withLogFields`, from `child` and from the line; of two with the same name the last one counts. Errors,
 * wherever they stand, are reduced by summarizeError; a value with a toJSON is written as that says.
 */
export function jsonLogger<Field extends string = RuntimeLogField>({
  level,
  destination = pino.destination({ fd: 1, sync: true }),
}: JsonLoggerOptions): Logger<Field> {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: object) => plainFields(fields, level),
    },
  };
  return withFields(pino(options, destination), {});
}

/** The part of pino's logger that is used. */
interface PinoLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Not pino's own children: they would write a field twice that the line has too. */
function withFields(pinoLogger: PinoLogger, bound: object): Logger<string> {
  const all = (fields: object) => ({ ...scopedLogFields(), ...bound, ...named(fields) });
  return {
    debug: (message, fields = {}) => pinoLogger.debug(all(fields), message),
    info: (message, fields = {}) => pinoLogger.info(all(fields), message),
    warn: (message, fields = {}) => pinoLogger.warn(all(fields), message),
    error: (message, fields = {}) => pinoLogger.error(all(fields), message),
    child: (fields) => withFields(pinoLogger, { ...bound, ...named(fields) }),
  };
}

/** An Error in place of fields still is an error. */
function named(fields: object): object {
  return fields instanceof Error ? { error: fields } : fields;
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
