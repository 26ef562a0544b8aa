import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { WaitReason } from "../api/reasons.ts";
import type { RotationStatus } from "../api/rotated-secret.ts";
import type { Instant } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import type { SecretData } from "../ports/secret-data.ts";
import type { SecretWrite, TargetMetadata } from "../ports/target-secrets.ts";
import type { WorkloadRef } from "../ports/workloads.ts";
import type { FactName, World } from "./world.ts";

/** The object that a write was decided on; it is refused when the object is another by now. */
export interface Judged {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Something to be done, or waited for. `notes` are the events that tell of it. */
export type Step = Action | Wait;

/** A step that changes what is known or what is. After it everything is decided anew. */
export type Action =
  | { readonly do: "look"; readonly facts: readonly FactName[] }
  | {
      readonly do: "applySecret";
      readonly versionId: VersionId;
      readonly data: SecretData;
      readonly writes: readonly SecretWrite[];
      readonly over: Judged | undefined;
      readonly metadata: TargetMetadata;
      readonly notes: readonly EventNote[];
    }
  | {
      readonly do: "removeKeys";
      readonly keys: readonly string[];
      readonly over: Judged;
      readonly notes: readonly EventNote[];
    }
  | {
      readonly do: "restart";
      readonly workloads: readonly WorkloadRef[];
      readonly versionId: VersionId | undefined;
      readonly text: string;
    }
  | { readonly do: "recordRotation"; readonly rotation: RotationStatus; readonly notes: readonly EventNote[] }
  | { readonly do: "dismissRequest"; readonly request: string; readonly notes: readonly EventNote[] }
  | { readonly do: "rotate"; readonly arn: SecretArn; readonly token: VersionId };

/** The part of the way that waits. */
export type PhaseName = "access" | "sync" | "rollout" | "rotation";

/**
 * Nothing can be done now. Each wait has a reason that people see in a condition, and ends: by itself at `until` at the
 * latest, by an event before that, or by a person.
 */
export interface Wait {
  readonly do: "wait";
  readonly phase: PhaseName;
  /** UpperCamelCase; the table in docs/conditions.md has a row for each. */
  readonly reason: Reason;
  /** What was tried, what went wrong, what to do: a sentence for people. */
  readonly message: string;
  /** Who ends it. What needs a person is shown as Stalled, all else as Reconciling. */
  readonly endedBy: "time" | "person";
  /** Whether the phases after this one are decided all the same. */
  readonly afterwards: "stop" | "go on";
  /** Whether it is worth a Warning event. */
  readonly alarm: "quiet" | "warn";
  /** Look again at this time at the latest. */
  readonly until: Instant;
}

/** Why something waits. */
export type Reason = WaitReason;

/** One check of the way, in the order of `phases`: what is to be done, or nothing as far as this phase is concerned. */
export type Phase = (world: World) => Step | undefined;

/** Reads facts at their source. */
export function look(...facts: FactName[]): Action {
  return { do: "look", facts };
}

type WaitText = Pick<Wait, "phase" | "reason" | "message">;

/** A wait for something that goes on by itself. */
export function waitUntil(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "time", afterwards, alarm: "quiet", until };
}

/** A wait that only a person can end; looked at again at `until` all the same. */
export function waitForPerson(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "person", afterwards, alarm: "warn", until };
}

/** A wait that ends by itself, but that people should hear of. */
export function waitWithAlarm(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "time", afterwards, alarm: "warn", until };
}
