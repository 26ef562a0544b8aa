/**
 * What a line says besides its message: plain data. Values that must not leak say so by their toJSON; whatever was
 * thrown goes under `error` and is reduced by summarizeError.
 */
export type LogFields = Readonly<Record<string, unknown>>;

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
