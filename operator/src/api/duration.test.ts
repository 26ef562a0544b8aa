import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDuration, parseDuration } from "./duration.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("a duration", () => {
  it.each([
    ["90s", 90 * SECOND],
    ["1h30m", 90 * MINUTE],
    ["30d", 30 * DAY],
    ["1d2h3m4s", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND],
    ["0s", 0],
    ["007m", 7 * MINUTE],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(isDuration(text)).toBe(true);
  });

  it.each(["", "30", "1w", "1.5h", "-1h", "P30D", "30 days", "30m1h", "1h1h", "123456s", "1h\n"])(
    "%j is not a duration",
    (text) => {
      expect(() => parseDuration(text)).toThrow("write a duration such as 30d, 1h30m or 90s");
      expect(isDuration(text)).toBe(false);
    },
  );

  it("is the sum of its units, for any choice of units", () => {
    const unit = fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: undefined });
    fc.assert(
      fc.property(fc.tuple(unit, unit, unit, unit), (amounts) => {
        const text = amounts.map((n, i) => (n === undefined ? "" : `${n}${"dhms"[i]}`)).join("");
        fc.pre(text !== "");
        const [d = 0, h = 0, m = 0, s = 0] = amounts;
        expect(parseDuration(text)).toBe(d * DAY + h * HOUR + m * MINUTE + s * SECOND);
      }),
    );
  });
});
