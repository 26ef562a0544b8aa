import { z } from "zod";
import { cronExpression, everComes, NEVER_COMES, timeZoneName } from "./cron.ts";
import { parseDuration } from "./duration.ts";
import { duration } from "./fields.ts";
import type { DeepReadonly } from "./readonly.ts";

/** How many windows a resource has at most. */
const MAX_WINDOWS = 16;

const window = z
  .object({
    kind: z
      .enum(["Allow", "Deny"])
      .describe(
        "Allow: rotations and restarts may start in it. Deny: they may not, whatever else allows it.",
      ),
    cron: cronExpression().describe(
      "When the window begins, as five cron fields: minute, hour, day of month, month, day of week, as in " +
        "rotation.schedule.cron.",
    ),
    duration: duration({ min: "1m", max: "744h", because: "must be from 1m to 31d" }).describe(
      "How long it is open, in time that passes: a window of 4h ends 4h later, on the days of a change to or from summer " +
        "time too. From 1m to 31d.",
    ),
    timeZone: timeZoneName()
      .optional()
      .describe("The time zone that cron is meant in, by its name in the IANA database. Default: UTC."),
  })
  .refine(({ cron }) => everComes(cron), { error: NEVER_COMES, path: ["cron"] });

/** `spec.windows`: when rotations and restarts may start. */
export const windows = z.array(window).min(1).max(MAX_WINDOWS).meta({ "x-kubernetes-list-type": "atomic" });

/** A window, with what its absent fields mean. */
export interface Window {
  readonly kind: "Allow" | "Deny";
  readonly cron: string;
  readonly timeZone: string;
  readonly durationMs: number;
}

/** Fills in what absent fields mean. */
export function resolveWindows(listed: DeepReadonly<z.infer<typeof windows>> | undefined): readonly Window[] {
  return (listed ?? []).map(({ kind, cron, duration: length, timeZone = "UTC" }) => ({
    kind,
    cron,
    timeZone,
    durationMs: parseDuration(length),
  }));
}
