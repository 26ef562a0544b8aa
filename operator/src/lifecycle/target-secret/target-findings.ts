import { ADOPT_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import type { Finding, PhaseName, PhaseWait, Progress } from "../step.ts";
import type { World } from "../world.ts";
import { ownTarget } from "./ownership.ts";
import { isPinnedElsewhere, pinnedText } from "./pinning.ts";
import { isInSync } from "./sync.ts";
import { wantedMetadata } from "./target-metadata.ts";

/** While one of these phases waits, AWSCURRENT is not known, or the Secret cannot be written. Current is then Unknown. */
const BLIND: ReadonlySet<PhaseName> = new Set<PhaseName>(["identity", "access", "ownership"]);

/** The condition Ready: whether the Secret is there. The first wait is its reason. */
export function readyFinding(world: World, waits: readonly PhaseWait[]): Finding {
  const [wait] = waits;
  const target = ownTarget(world);
  if (target?.versionId === undefined) {
    return {
      status: "False",
      reason: wait?.reason ?? "SecretMissing",
      message: wait?.message ?? "the Secret does not exist yet",
    };
  }
  const carries = `Secret "${world.spec.targetName}" carries version ${target.versionId}`;
  return { status: "True", reason: wait?.reason ?? "Synced", message: carries + whetherKept(world, target) };
}

/** Says that deletionPolicy Delete has no effect on this Secret, and how to change that. */
function whetherKept(world: World, target: PresentSecret): string {
  if (world.spec.target.deletionPolicy === "Retain" || wantedMetadata(world, target).deletedWithOwner)
    return "";
  return (
    "; it was taken over and is not deleted with this resource, whatever spec.target.deletionPolicy says, until its owner " +
    `takes the annotation ${ADOPT_ANNOTATION} away`
  );
}

/**
 * The condition Current: whether the Secret and the pods hold AWSCURRENT, proven by the phases sync and rollout. If a phase before
 * `rotation` waits, the first of these waits is its reason, whatever its phase.
 */
export function currentFinding(world: World, { waits, reached }: Progress): Finding | "keep" {
  const wait = waits.find(({ phase }) => phase !== "rotation");
  if (wait !== undefined)
    return {
      status: BLIND.has(wait.phase) ? "Unknown" : "False",
      reason: wait.reason,
      message: wait.message,
    };
  if (!reached.has("rollout") || !isInSync(world)) return "keep";
  if (isPinnedElsewhere(world)) return { status: "False", reason: "Pinned", message: pinnedText(world) };
  return {
    status: "True",
    reason: "UpToDate",
    message: `all pods use the current version ${ownTarget(world)?.versionId}`,
  };
}
