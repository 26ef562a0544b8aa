import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import { known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { type Phase, type Reason, refresh, type Step, type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { adoption } from "./adoption.ts";

/**
 * Checks that the target Secret may be written: it does not exist, belongs to this resource, or its owner has agreed. For a
 * new resource the Secret is assumed absent until its creation is refused, which saves one request per resource.
 */
export const ownership: Phase = { name: "ownership", decide: next };

function next(world: World): Step | undefined {
  const target = known(world.target);
  const isMerged = world.spec.target.mode === "Merge";
  if (target === undefined) return isNew(world.resource) && !isMerged ? undefined : refresh("target");
  if (target.kind === "absent") return isMerged ? missing(world) : undefined;
  if (mayHaveLostItsMarks(world, target) && world.target.kind !== "live") return refresh("target");
  return ownedByOthers(world, target) ?? unwritable(world, target);
}

/** Whether it has no status yet: the CRD's default is -1. */
function isNew({ status }: World["resource"]): boolean {
  return (status.observedGeneration ?? -1) < 0;
}

/** The target Secret, if this RotatedSecret wrote it. */
export function ownTarget(world: World): PresentSecret | undefined {
  const target = known(world.target);
  return target?.kind === "present" && target.ownerUid === world.resource.metadata.uid ? target : undefined;
}

/**
 * Whether the Secret belongs to this resource although its owner annotation was removed: the resource has written it before,
 * and managedFields still lists data of the operator.
 */
export function isOwnUnmarked(world: World, target: PresentSecret): boolean {
  const isOfOperator = target.dataManagers?.some(({ manager }) => manager === FIELD_MANAGER) ?? false;
  return mayHaveLostItsMarks(world, target) && isOfOperator;
}

function mayHaveLostItsMarks({ resource }: World, { ownerUid }: PresentSecret): boolean {
  return ownerUid === undefined && resource.status.currentVersion !== undefined;
}

function ownedByOthers(world: World, target: PresentSecret): Step | undefined {
  const { uid } = world.resource.metadata;
  if (target.ownerUid === uid || isOwnUnmarked(world, target)) return undefined;
  if (target.ownerName === undefined) return adoption(world, target);
  return stalled(
    world,
    "TargetOwned",
    `Secret "${world.spec.targetName}" belongs to the RotatedSecret "${target.ownerName}": give this one another spec.target.name (delete it and ` +
      "create it again, the field is immutable), or delete one of the two",
  );
}

/** With mode Merge, others create the Secret. */
function missing(world: World): Wait {
  return stalled(
    world,
    "TargetMissing",
    `Secret "${world.spec.targetName}" does not exist. With spec.target.mode Merge the operator only adds keys to a Secret of others: create it ` +
      `with the annotation rotatedsecrets.dev/adopt=${world.resource.metadata.name}, or create this resource again with mode Own`,
  );
}

function unwritable(world: World, target: PresentSecret): Wait | undefined {
  const secret = world.spec.targetName;
  if (target.immutable) {
    return stalled(
      world,
      "TargetImmutable",
      `Secret "${secret}" is immutable and cannot be updated: delete it, and the operator creates it again`,
    );
  }
  const { type } = world.spec.target;
  if (target.type !== type) {
    return stalled(
      world,
      "TargetTypeDiffers",
      `Secret "${secret}" has the type ${target.type}, which cannot be changed to ${type}: delete it, and the operator creates it again; or ` +
        "create this resource again with another spec.target.type or name",
    );
  }
  return undefined;
}

function stalled(world: World, reason: Reason, message: string): Wait {
  return waitForPerson(world.now + RECHECK_MS, { reason, message });
}
