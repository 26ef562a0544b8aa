/**
 * A duration as people write it in a resource: whole numbers of days, hours, minutes and seconds, each unit once at most
 * and in this order, such as `30d`, `1h30m` or `90s`. Five digits a unit keep the sum below what the API server's own
 * 64-bit nanoseconds hold.
 */
export const DURATION_PATTERN = "^([0-9]{1,5}d)?([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$";

const PARTS = new RegExp(DURATION_PATTERN);
const SECONDS = [86_400, 3_600, 60, 1] as const;

/** Milliseconds of a duration such as `1h30m`. @throws RangeError for a text that `DURATION_PATTERN` does not admit. */
export function parseDuration(text: string): number {
  const parts = PARTS.exec(text);
  if (parts === null || text === "") {
    throw new RangeError(`not a duration: ${JSON.stringify(text)}; write for instance 30d, 1h30m or 90s`);
  }
  const seconds = SECONDS.reduce((sum, unit, i) => sum + unit * Number.parseInt(parts[i + 1] ?? "0", 10), 0);
  return seconds * 1_000;
}

/** Whether `parseDuration` understands the text. */
export function isDuration(text: string): boolean {
  return text !== "" && PARTS.test(text);
}
