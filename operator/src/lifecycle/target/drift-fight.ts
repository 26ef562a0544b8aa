import type { Instant } from "../../ports/fact.ts";
import type { DataChange, PresentSecret } from "../../ports/target-secrets.ts";
import { type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { otherManagers } from "./data-history.ts";

const MINUTE = 60_000;
/** This many corrections within `QUICK_MS` are a fight. */
const QUICK_CORRECTIONS = 3;
const QUICK_MS = 10 * MINUTE;
/** The wait before the next correction, which doubles with each that the fight goes on for. */
const FIRST_BRAKE_MS = MINUTE;
const LONGEST_BRAKE_MS = 30 * MINUTE;
/** A fight in which nothing was corrected for so long is over. */
const OVER_MS = 60 * MINUTE;

/**
 * The wait before the next correction of foreign data, where somebody writes it again and again: each correction
 * restarts the readers. A new version from AWS does not wait for this. Undefined where the Secret may be put right now.
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
        `the data of Secret "${world.spec.targetName}" is changed again and again by ${others.join(", ") || "somebody else"}, and each ` +
        "correction restarts its readers: the next ones come less and less often, and whoever starts meanwhile takes what is " +
        "there. Keep the other controller from writing this Secret, or give this resource another spec.target.name",
    },
    "go on",
  );
}

/** When foreign data may be corrected the next time, by the corrections that the Secret remembers. */
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
