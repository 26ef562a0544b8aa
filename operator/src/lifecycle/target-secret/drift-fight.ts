import type { Instant } from "../../ports/fact.ts";
import type { DataChange, PresentSecret } from "../../ports/target-secrets.ts";
import { type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { otherManagers } from "./data-history.ts";

const MINUTE = 60_000;
/** A fight is this number of corrections within `QUICK_MS`. */
const QUICK_CORRECTIONS = 3;
const QUICK_MS = 10 * MINUTE;
/** The wait before the next correction. It doubles with each further correction of the fight. */
const FIRST_BRAKE_MS = MINUTE;
const LONGEST_BRAKE_MS = 30 * MINUTE;
/** A fight is over after this time without a correction. */
const OVER_MS = 60 * MINUTE;

/**
 * The wait before the next correction of foreign data that somebody writes again and again: each correction restarts the
 * readers. A new version from AWS does not wait. Undefined if the Secret may be corrected now.
 */
export function driftFight(world: World, target: PresentSecret): Wait | undefined {
  const until = nextCorrection(target.dataHistory);
  if (world.now >= until) return undefined;
  const others = otherManagers(target).map(({ manager }) => `"${manager}"`);
  return waitForPerson(
    Math.min(until, world.now + RECHECK_MS),
    {
      reason: "DriftFight",
      message:
        `the data of Secret "${world.spec.targetName}" is changed again and again by ${others.join(", ") || "somebody else"}. Each ` +
        "correction restarts its readers, so the operator corrects it less and less often. Pods that start meanwhile read the " +
        "foreign data. Keep the other controller from writing this Secret, or give this resource another spec.target.name",
    },
    "go on",
  );
}

/** When foreign data may be corrected next, computed from the corrections in the data history. */
export function nextCorrection(dataHistory: readonly DataChange[]): Instant {
  const corrections = dataHistory.flatMap(({ time }, i) =>
    dataHistory[i - 1]?.version === "foreign" ? [time] : [],
  );
  let brakes = 0;
  corrections.forEach((time, i) => {
    const isQuick = time - (corrections[i - QUICK_CORRECTIONS + 1] ?? -Infinity) < QUICK_MS;
    const goesOn = brakes > 0 && time - (corrections[i - 1] ?? -Infinity) < OVER_MS;
    brakes = isQuick || goesOn ? brakes + 1 : 0;
  });
  const last = corrections.at(-1);
  if (last === undefined || brakes === 0) return 0;
  return last + Math.min(FIRST_BRAKE_MS * 2 ** (brakes - 1), LONGEST_BRAKE_MS);
}
