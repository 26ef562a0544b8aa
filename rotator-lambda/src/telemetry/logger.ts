import { type Logger, pino } from "pino";

/** Logs JSON lines, one a step, to stdout, which Lambda hands to CloudWatch. */
export function createLogger(): Logger {
  return pino({
    base: null,
    messageKey: "message",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
}
