import { type Logger, pino } from "pino";

/** Logs JSON lines to stdout, one per step. Lambda sends them to CloudWatch. */
export function createLogger(): Logger {
  return pino({
    base: null,
    messageKey: "message",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
}
