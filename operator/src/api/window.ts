import { z } from "zod";
import { cronExpression, timeZoneName } from "./cron.ts";
import { parseDuration } from "./duration.ts";
import { duration } from "./fields.ts";
import type { DeepReadonly } from "./readonly.ts";

/** The most windows of a resource. */
const MAX_WINDOWS = 16;

const window = z.object({
  kind: z
    .enum(["Allow", "Deny"])
    .describe(
      "Allow: rotations and restarts may start in the window. Deny: they may not, even if an Allow window is open.",
    ),
  cron: cronExpression().describe(
    "When the window opens, as five cron fields: minute, hour, day of month, month, day of week, as in " +
      "rotation.schedule.cron.",
  ),
  duration: duration({ min: "1m", max: "744h", because: "must be from 1m to 31d" }).describe(
    "How long the window is open, in elapsed time: a window of 4h ends 4h later, also when the clocks change to or from " +
      "summer time. From 1m to 31d.",
  ),
  timeZone: timeZoneName()
    .optional()
    .describe("The time zone of cron, by its name in the IANA database. Default: UTC."),
});

/** `spec.windows`: when rotations and restarts may start. */
export const windows = z.array(window).min(1).max(MAX_WINDOWS).meta({ "x-kubernetes-list-type": "atomic" });

/** A window with all defaults filled in. */
export interface Window {
  readonly kind: "Allow" | "Deny";
  readonly cron: string;
  readonly timeZone: string;
  readonly durationMs: number;
}

/** Fills in the defaults. */
export function resolveWindows(listed: DeepReadonly<z.infer<typeof windows>> | undefined): readonly Window[] {
  return (listed ?? []).map(({ kind, cron, duration: length, timeZone = "UTC" }) => ({
    kind,
    cron,
    timeZone,
    durationMs: parseDuration(length),
  }));
}
