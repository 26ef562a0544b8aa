import { describe, expect, it } from "vitest";
import type { DataChange } from "../../ports/target-secrets.ts";
import { LONG_AGO, NOW, target, version, world } from "../testing/world.ts";
import { driftFight, nextCorrection } from "./drift-fight.ts";

const MINUTE = 60_000;

/** Corrections at these minutes before now, each of foreign data a second older. */
function corrected(...minutesAgo: readonly number[]): readonly DataChange[] {
  return [
    { version: version(1), time: LONG_AGO },
    ...minutesAgo.flatMap((minutes): DataChange[] => [
      { version: "foreign", time: NOW - minutes * MINUTE - 1_000 },
      { version: version(1), time: NOW - minutes * MINUTE },
    ]),
  ];
}

describe("the next correction of foreign data", () => {
  it.each([
    ["comes at once where there was none", [], 0],
    ["comes at once after two", [1, 0], 0],
    ["comes at once after three in a while", [20, 10, 0], 0],
    ["waits a minute after three within ten", [9, 5, 0], NOW + MINUTE],
    ["waits two after four", [4, 3, 2, 0], NOW + 2 * MINUTE],
    ["waits longer as long as the fight goes on, however seldom", [80, 79, 78, 40, 0], NOW + 4 * MINUTE],
    ["waits half an hour at most", [9, 8, 7, 6, 5, 4, 3, 2, 0], NOW + 30 * MINUTE],
    ["comes at once again where there was peace for an hour", [90, 89, 88, 0], 0],
  ])("%s", (_, minutesAgo, time) => {
    expect(nextCorrection(corrected(...minutesAgo))).toBe(time);
  });

  it("is waited for, with the name of the other writer", () => {
    const dataManagers = [{ manager: "other-operator", keys: ["password"] }];
    const held = target(1, { dataHistory: corrected(2, 1, 0), dataManagers });
    expect(driftFight(world(1), held)).toMatchObject({
      reason: "DriftFight",
      endedBy: "person",
      message: expect.stringContaining('by "other-operator"'),
    });
    expect(driftFight({ ...world(1), now: NOW + MINUTE }, held)).toBeUndefined();
  });
});
