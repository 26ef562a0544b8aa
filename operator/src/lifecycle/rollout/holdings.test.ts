import { describe, expect, it } from "vitest";
import { NOW, pod, version } from "../testing/world.ts";
import { mayHoldOther, safeStart } from "./holdings.ts";

const [v1, v2] = [version(1), version(2)];
const S = 1_000;

describe("a pod may hold something else than the Secret carries", () => {
  const changed = [
    { version: v1, time: NOW - 100 * S },
    { version: v2, time: NOW },
  ];
  it.each([
    ["started before the change", NOW - 50 * S, changed, true],
    ["started at the change", NOW, changed, true],
    ["started just within the margin after it", NOW + 1_999, changed, true],
    ["started a margin after it", NOW + 2 * S, changed, false],
    ["started before the Secret's memory", NOW - 1_000 * S, changed, true],
    ["started when only this version was ever there", NOW - 50 * S, changed.slice(0, 1), false],
    [
      "older than a Secret that was adopted with equal data",
      NOW - 9_999 * S,
      [{ version: v1, time: 0 }],
      false,
    ],
    ["of which no history is known", NOW, [], true],
    [
      "started before the spec gave the same version another hash",
      NOW - 50 * S,
      [
        { version: v1, time: NOW - 100 * S },
        { version: v1, specHash: "one", time: NOW },
      ],
      true,
    ],
    [
      "started before the version went away and came back",
      NOW - 50 * S,
      [...changed, { version: v1, time: NOW + 9 * S }],
      true,
    ],
    ["started after it came back", NOW + 11 * S, [...changed, { version: v1, time: NOW + 9 * S }], false],
    [
      "started while foreign data was there",
      NOW + 5 * S,
      [
        { version: v1, time: 0 },
        { version: "foreign", time: NOW },
        { version: v1, time: NOW + 9 * S },
      ] as const,
      true,
    ],
    [
      "whole since before foreign data came, for volumes change",
      NOW - 50 * S,
      [
        { version: v1, time: 0 },
        { version: "foreign", time: NOW },
        { version: v1, time: NOW + 9 * S },
      ] as const,
      true,
    ],
  ])("%s", (_, startedAt, dataHistory, expected) => {
    expect(mayHoldOther(pod("web", startedAt), dataHistory)).toBe(expected);
  });

  it.each([
    ["has waited for it, however early it started", NOW + 1_000, false, false],
    ["has waited for it, told by the second before", NOW - 999, false, false],
    ["is older than it", NOW - 1_000, false, true],
    ["may have started without it", NOW + 1_000, true, true],
  ])("that was there when the Secret was first made: not who %s", (_, startedAt, optional, expected) => {
    const made = [{ version: v1, time: NOW }];
    expect(mayHoldOther(pod("web", startedAt, { optional }), made)).toBe(expected);
  });

  it("does not when nothing of it has started", () => {
    const { startedAt: _, ...waiting } = pod("web", NOW);
    expect(mayHoldOther(waiting, changed)).toBe(false);
  });

  it("holds the Secret's absence only if it can start without it", () => {
    const dataHistory = [
      { version: v1, time: NOW - 100 * S },
      { version: "absent", time: NOW - 100 * S },
      { version: v1, time: NOW },
    ] as const;
    expect(mayHoldOther(pod("web", NOW - 9 * S, { optional: true }), dataHistory)).toBe(true);
    expect(mayHoldOther(pod("web", NOW - 9 * S, { optional: false }), dataHistory)).toBe(false);
  });
});

describe("the earliest safe start", () => {
  it.each([0, 1, 500, 999])("of what was written %d ms into a second is known by its whole second", (ms) => {
    const dataHistory = [
      { version: v1, time: NOW - 100 * S },
      { version: v2, time: NOW + ms },
    ];
    const shown = Math.floor(safeStart(NOW + ms) / S) * S;
    expect(mayHoldOther(pod("web", shown), dataHistory)).toBe(false);
    expect(safeStart(NOW + ms) - (NOW + ms)).toBeLessThan(3 * S);
  });
});
