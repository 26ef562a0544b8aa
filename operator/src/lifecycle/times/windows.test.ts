import { describe, expect, it } from "vitest";
import { resolveWindows } from "../../api/window.ts";
import { world } from "../testing/world.ts";
import { isPermitted, nextPermitted, waitingForWindow } from "./windows.ts";

type Listed = NonNullable<Parameters<typeof resolveWindows>[0]>;

const nightly: Listed[number] = { kind: "Allow", cron: "0 1 * * *", duration: "4h" };
const weekend: Listed[number] = { kind: "Deny", cron: "0 0 * * SAT", duration: "2d" };
const inBerlin = { timeZone: "Europe/Berlin" };

describe("windows", () => {
  it.each<[string, Listed, string, boolean]>([
    ["anything, where there are none", [], "2026-11-20T12:00:00Z", true],
    ["nothing outside an Allow window", [nightly], "2026-11-20T12:00:00Z", false],
    ["its first moment", [nightly], "2026-11-20T01:00:00Z", true],
    ["its last moment", [nightly], "2026-11-20T04:59:59.999Z", true],
    ["not its end", [nightly], "2026-11-20T05:00:00Z", false],
    ["the time in another zone", [{ ...nightly, ...inBerlin }], "2026-11-20T00:30:00Z", true],
    ["any time outside of Deny windows, if there are no others", [weekend], "2026-11-20T12:00:00Z", true],
    ["nothing in a Deny window", [weekend], "2026-11-21T12:00:00Z", false],
    [
      "nothing in a Deny window that an Allow window would permit",
      [nightly, weekend],
      "2026-11-21T02:00:00Z",
      false,
    ],
    [
      "a time in one of two Allow windows",
      [nightly, { ...nightly, cron: "0 12 * * *" }],
      "2026-11-20T12:30:00Z",
      true,
    ],
    [
      "a window that began the day before",
      [{ ...nightly, cron: "0 22 * * *" }],
      "2026-11-20T01:30:00Z",
      true,
    ],
    [
      "windows that overlap to the end of the last",
      [{ ...nightly, cron: "0 * * * *", duration: "90m" }],
      "2026-11-20T12:59:00Z",
      true,
    ],
  ])("%s", (_, listed, time, permitted) => {
    expect(isPermitted(resolveWindows(listed), Date.parse(time))).toBe(permitted);
  });
});

describe("the next permitted time", () => {
  it.each<[string, Listed, string, string]>([
    ["is now, where it is permitted", [nightly], "2026-11-20T02:00:00Z", "2026-11-20T02:00:00Z"],
    ["is the next Allow window", [nightly], "2026-11-20T12:00:00Z", "2026-11-21T01:00:00Z"],
    ["is the end of a Deny window", [weekend], "2026-11-21T12:00:00Z", "2026-11-23T00:00:00Z"],
    [
      "is the end of the last of Deny windows that follow each other",
      [weekend, { ...weekend, cron: "0 12 * * SUN", duration: "1d" }],
      "2026-11-21T12:00:00Z",
      "2026-11-23T12:00:00Z",
    ],
    [
      "is the first Allow window that no Deny window covers",
      [nightly, weekend],
      "2026-11-20T12:00:00Z",
      "2026-11-23T01:00:00Z",
    ],
    [
      "is the rest of an Allow window that a Deny window covers at first",
      [nightly, { ...weekend, cron: "0 0 * * *", duration: "3h" }],
      "2026-11-20T12:00:00Z",
      "2026-11-21T03:00:00Z",
    ],
    [
      "may be months away",
      [{ ...nightly, cron: "0 0 1 6 *" }],
      "2026-11-20T12:00:00Z",
      "2027-06-01T00:00:00Z",
    ],
  ])("%s", (_, listed, from, at) => {
    expect(nextPermitted(resolveWindows(listed), Date.parse(from))).toEqual({
      at: Date.parse(at),
      exact: true,
    });
  });

  it.each<[string, Listed]>([
    [
      "where Deny windows cover all Allow windows",
      [nightly, { ...weekend, cron: "0 0 * * *", duration: "1d" }],
    ],
    ["where a Deny window never ends", [{ ...weekend, cron: "* * * * *", duration: "2m" }]],
  ])("is not claimed to be known %s", (_, listed) => {
    const from = Date.parse("2026-11-20T12:00:00Z");
    const opening = nextPermitted(resolveWindows(listed), from);
    expect(opening.exact).toBe(false);
    expect(opening.at).toBeGreaterThan(from);
  });
});

describe("windows on the days of a change to or from summer time", () => {
  // Berlin: on 29 March 2026 02:00 becomes 03:00, on 25 October 2026 03:00 becomes 02:00.
  const opens = (listed: Listed, from: string) =>
    new Date(nextPermitted(resolveWindows(listed), Date.parse(from)).at).toISOString();
  const closesAfter = (listed: Listed, open: string, last: string) => {
    const windows = resolveWindows(listed);
    expect(isPermitted(windows, Date.parse(open))).toBe(true);
    expect(isPermitted(windows, Date.parse(last) - 1)).toBe(true);
    expect(isPermitted(windows, Date.parse(last))).toBe(false);
  };
  const at = (cron: string): Listed => [{ ...nightly, ...inBerlin, cron, duration: "30m" }];

  it("begin at the clock's time on the day before, on the day, and after", () => {
    const three = at("0 3 * * *");
    expect(opens(three, "2026-03-27T12:00:00Z")).toBe("2026-03-28T02:00:00.000Z");
    expect(opens(three, "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
    expect(opens(three, "2026-10-24T12:00:00Z")).toBe("2026-10-25T02:00:00.000Z");
    expect(opens(three, "2026-10-25T12:00:00Z")).toBe("2026-10-26T02:00:00.000Z");
  });

  it("begin when the clocks are put forward, where their hour is skipped", () => {
    const skipped = at("30 2 * * *");
    expect(opens(skipped, "2026-03-28T12:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
    closesAfter(skipped, "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z");
  });

  it("begin once, where their hour comes twice", () => {
    const twice = at("30 2 * * *");
    expect(opens(twice, "2026-10-24T12:00:00Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(opens(twice, "2026-10-25T01:10:00Z")).toBe("2026-10-26T01:30:00.000Z");
  });

  it("last as long as on any other day", () => {
    const four: Listed = [{ ...nightly, ...inBerlin }];
    closesAfter(four, "2026-03-29T00:00:00Z", "2026-03-29T04:00:00Z");
    closesAfter(four, "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z");
  });

  it("deny a whole day of 23 or 25 hours by an entry for each hour", () => {
    const hourly: Listed = [{ ...weekend, ...inBerlin, cron: "0 * * * SUN", duration: "1h" }];
    const sunday = (from: string, to: string) => {
      expect(isPermitted(resolveWindows(hourly), Date.parse(from) - 1)).toBe(true);
      expect(nextPermitted(resolveWindows(hourly), Date.parse(from))).toEqual({
        at: Date.parse(to),
        exact: true,
      });
    };
    sunday("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    sunday("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
  });
});

describe("a wait for a window", () => {
  const base = world(1);
  const within = (listed: Listed) => ({ ...base, spec: { ...base.spec, windows: resolveWindows(listed) } });

  it("says until when, and is looked at then", () => {
    expect(waitingForWindow(within([nightly]), "the restart of Deployment web")).toMatchObject({
      reason: "WaitingForWindow",
      endedBy: "time",
      alarm: "quiet",
      afterwards: "stop",
      until: Date.parse("2026-11-21T01:00:00Z"),
      message:
        "the restart of Deployment web waits for 2026-11-21T01:00:00Z, when spec.windows next permits it",
    });
  });

  it("says where it looks as if the windows permit nothing at all", () => {
    const never: Listed = [nightly, { ...weekend, cron: "0 0 * * *", duration: "1d" }];
    expect(waitingForWindow(within(never), "it")).toMatchObject({
      message: expect.stringContaining("see whether its Deny windows leave anything of its Allow windows"),
    });
  });
});
