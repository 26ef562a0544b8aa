import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { WaitReason } from "../api/reasons.ts";
import type { Condition, RotationStatus } from "../api/rotated-secret.ts";
import type { DocumentForm } from "../ports/document-form.ts";
import type { Instant } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import type { SecretData } from "../ports/secret-data.ts";
import type { DataChange, TargetMetadata } from "../ports/target-secrets.ts";
import type { WorkloadRef } from "../ports/workloads.ts";
import type { Intent } from "./intents/intent.ts";
import type { FactName, World } from "./world.ts";

/** The object that a write was decided on. The write is refused if the object has changed since. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The result of a phase: something to do, a reason to wait, or the end of all work on the resource. */
export type Step = Action | Wait | { readonly do: "end" };

/** A step that changes the world or the knowledge of it. After it everything is decided again. `notes` become events. */
export type Action =
  | { readonly do: "refresh"; readonly facts: readonly FactName[] }
  | {
      readonly do: "applySecret";
      readonly versionId: VersionId;
      readonly documentForm: DocumentForm;
      readonly data: SecretData;
      readonly dataHistory: readonly DataChange[];
      readonly over: Precondition | undefined;
      readonly metadata: TargetMetadata;
      readonly notes: readonly EventNote[];
    }
  | {
      readonly do: "removeKeys";
      readonly keys: readonly string[];
      readonly over: Precondition;
      readonly notes: readonly EventNote[];
    }
  | {
      readonly do: "restart";
      readonly workloads: readonly WorkloadRef[];
      readonly versionId: VersionId | undefined;
      /** The new value of the pod template's annotation. */
      readonly restartToken: string;
    }
  | RecordStep
  | { readonly do: "call"; readonly intent: Intent };

/** Writes into status what must survive the process, before the operator acts on it. */
export interface RecordStep {
  readonly do: "record";
  readonly change: RecordedChange;
  /** The phase's own wait from then on. The status that is written shows it, together with the waits of earlier phases. */
  readonly meanwhile: Wait | undefined;
  readonly notes: readonly EventNote[];
}

/**
 * The change of status that a RecordStep writes.
 *
 * - `intent`: the rotation that RotateSecret is about to be called for. The call is made in the same pass.
 * - `rotation`: the state of a rotation, after an answer of AWS or because somebody else started one.
 * - `request`: a request that counts as handled although nothing was done for it.
 */
export type RecordedChange =
  | { readonly kind: "intent"; readonly rotation: RotationStatus }
  | { readonly kind: "rotation"; readonly rotation: RotationStatus }
  | { readonly kind: "request"; readonly trigger: "Request" | "Emergency"; readonly request: string };

/** The phases of a decision, in their order. */
export const PHASES = [
  "deletion",
  "suspension",
  "identity",
  "access",
  "ownership",
  "sync",
  "rollout",
  "rotation",
] as const;
/** One of `PHASES`. */
export type PhaseName = (typeof PHASES)[number];

/**
 * Nothing can be done now. Each wait has a reason that people see in a condition. It ends by an event, by a person, or at `until`
 * at the latest.
 */
export interface Wait {
  readonly do: "wait";
  /** UpperCamelCase; the table in docs/conditions.md has a row for each. */
  readonly reason: Reason;
  /** A sentence for people: the attempt, the obstacle, the remedy. */
  readonly message: string;
  /** A wait for a person is shown as Stalled, any other as Reconciling. */
  readonly endedBy: "time" | "person";
  /** Whether the phases after this one are decided too. */
  readonly afterwards: "stop" | "go on";
  /** Whether it is worth a Warning event. */
  readonly alarm: "quiet" | "warn";
  /** Decide again at this time at the latest. */
  readonly until: Instant;
}

/** A wait, and the phase that it came from. */
export interface PhaseWait extends Wait {
  readonly phase: PhaseName;
}

/** The way that a decision went. A status is made of this and of the world, and of nothing else. */
export interface Progress {
  /** Everything that is waited for, in the order of the phases. */
  readonly waits: readonly PhaseWait[];
  /** The phases that were decided to their end: each has a wait in `waits`, or has nothing left to do. */
  readonly reached: ReadonlySet<PhaseName>;
}

/** Why something waits. */
export type Reason = WaitReason;

/** States that somebody asked for: no work is going on, and no person has to act. */
export const ASKED_FOR: ReadonlySet<Reason> = new Set<Reason>(["Suspended", "Pinned", "WaitingForWindow"]);

/** Status, reason and message of a condition. */
export type Finding = Pick<Condition, "status" | "message" | "reason">;

/** One part of the policy. */
export interface Phase {
  readonly name: PhaseName;
  /**
   * The next step of this phase; undefined if nothing is left for it to do.
   * @param earlier the waits of the phases before this one that let the decision go on
   */
  readonly decide: (world: World, earlier: readonly PhaseWait[]) => Step | undefined;
}

/** Asks the reconciler to read facts at their source: `refreshed` in reconciler/observe.ts. The phase is then decided again. */
export function refresh(...facts: FactName[]): Action {
  return { do: "refresh", facts };
}

type WaitText = Pick<Wait, "reason" | "message">;

/** A wait for something that ends by itself. */
export function waitUntil(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "time", afterwards, alarm: "quiet", until };
}

/** A wait that only a person can end; decided again at `until` all the same. */
export function waitForPerson(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "person", afterwards, alarm: "warn", until };
}

/** A wait that ends by itself, and that people should hear of. */
export function waitWithAlarm(until: Instant, text: WaitText, afterwards: Wait["afterwards"] = "stop"): Wait {
  return { do: "wait", ...text, endedBy: "time", afterwards, alarm: "warn", until };
}
