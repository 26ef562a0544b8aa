/**
 * The form of a duration in a resource: whole numbers of days, hours, minutes and seconds, each unit at most once and in this
 * order, such as `30d`, `1h30m` or `90s`. With at most five digits per unit, the sum fits into the API server's 64-bit
 * nanoseconds.
 */
export const DURATION_PATTERN = "^([0-9]{1,5}d)?([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$";

const PARTS = new RegExp(DURATION_PATTERN);
const SECONDS = [86_400, 3_600, 60, 1] as const;

/** The milliseconds of a duration such as `1h30m`. @throws RangeError for a text that does not match `DURATION_PATTERN` */
export function parseDuration(text: string): number {
  const parts = PARTS.exec(text);
  if (parts === null || text === "") {
    throw new RangeError(
      `not a duration: ${JSON.stringify(text)}; write a duration such as 30d, 1h30m or 90s`,
    );
  }
  const seconds = SECONDS.reduce((sum, unit, i) => sum + unit * Number.parseInt(parts[i + 1] ?? "0", 10), 0);
  return seconds * 1_000;
}

/** Whether `parseDuration` accepts the text. */
export function isDuration(text: string): boolean {
  return text !== "" && PARTS.test(text);
}
