import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import { known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { type Phase, type Reason, refresh, type Step, type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";

/**
 * Whether the target Secret may be written: it is not there yet, is ours, or its owner agreed. The one of a resource that is
 * new is taken to be absent until the write that makes it is refused, which costs a request less for each.
 */
export const ownership: Phase = { name: "ownership", decide: next };

function next(world: World): Step | undefined {
  const target = known(world.target);
  if (target === undefined) return isNew(world.resource) ? undefined : refresh("target");
  if (target.kind === "absent") return undefined;
  if (mayHaveLostItsMark(world, target) && world.target.kind !== "live") return refresh("target");
  return ownedByOthers(world, target) ?? unwritable(world, target);
}

/** Whether nothing was reported of it yet: the CRD's default is -1. */
function isNew({ status }: World["resource"]): boolean {
  return (status.observedGeneration ?? -1) < 0;
}

/** The target Secret, where it exists and this RotatedSecret wrote it. */
export function ownTarget(world: World): PresentSecret | undefined {
  const target = known(world.target);
  return target?.kind === "present" && target.ownerUid === world.resource.metadata.uid ? target : undefined;
}

/**
 * Whether the Secret is this resource's, although somebody took away the annotation that says so: the resource has
 * written it before, and by the API server's own record data in it still is the operator's.
 */
export function isOwnUnmarked(world: World, target: PresentSecret): boolean {
  const isOfOperator = target.dataManagers?.some(({ manager }) => manager === FIELD_MANAGER) ?? false;
  return mayHaveLostItsMark(world, target) && isOfOperator;
}

function mayHaveLostItsMark({ resource }: World, { ownerUid }: PresentSecret): boolean {
  return ownerUid === undefined && resource.status.currentVersion !== undefined;
}

function ownedByOthers(world: World, target: PresentSecret): Wait | undefined {
  const { uid, name, namespace } = world.resource.metadata;
  const secret = world.spec.targetName;
  if (target.ownerUid === uid) return undefined;
  if (target.ownerName !== undefined) {
    return stalled(
      world,
      "TargetOwned",
      `Secret "${secret}" belongs to the RotatedSecret "${target.ownerName}": give this one another spec.target.name (delete it and ` +
        "create it anew, the field is immutable), or delete one of the two",
    );
  }
  // Ours, from a RotatedSecret that is gone: whoever creates it again goes on where it stopped.
  if (target.ownerUid !== undefined) return undefined;
  if (target.adopt === name || isOwnUnmarked(world, target)) return undefined;
  return stalled(
    world,
    "TargetNotOwned",
    `Secret "${secret}" exists and belongs to somebody else; it was not touched. To hand it over: kubectl annotate secret ` +
      `${secret} -n ${namespace} rotatedsecrets.dev/adopt=${name}`,
  );
}

function unwritable(world: World, target: PresentSecret): Wait | undefined {
  const secret = world.spec.targetName;
  if (target.immutable) {
    return stalled(
      world,
      "TargetImmutable",
      `Secret "${secret}" is immutable and cannot be kept current: delete it, it is made anew`,
    );
  }
  const { type } = world.spec.target;
  if (target.type !== type) {
    return stalled(
      world,
      "TargetTypeDiffers",
      `Secret "${secret}" has the type ${target.type}, which cannot be changed to ${type}: delete it, it is made anew; or make ` +
        "this resource anew with another spec.target.type or name",
    );
  }
  return undefined;
}

function stalled(world: World, reason: Reason, message: string): Wait {
  return waitForPerson(world.now + RECHECK_MS, { reason, message });
}
