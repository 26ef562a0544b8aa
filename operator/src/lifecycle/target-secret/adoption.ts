import {
  ADOPT_ANNOTATION,
  ADOPT_REMOVES_ANNOTATION,
  FIELD_MANAGER,
} from "@rotated-secrets/contract/annotations";
import { mapDocument } from "../../document/document-mapping.ts";
import { known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import type { Reason } from "../step.ts";
import { refresh, type Step, type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { wantedVersion } from "./pinning.ts";

/**
 * Checks that a Secret of somebody else may be taken over: no other controller keeps it, its owner has agreed, and has agreed to
 * the loss of each key that the AWS secret does not make. A Secret of a deleted RotatedSecret needs no consent, except for keys that
 * others have added.
 */
export function adoption(world: World, target: PresentSecret): Step | undefined {
  const controlled = controlledByOthers(world, target);
  if (controlled !== undefined) return controlled;
  const isOrphan = target.ownerUid !== undefined;
  if (mayReadValue(world)) return refresh("value");
  const removed = removedKeys(world, target);
  // Of the keys of a deleted RotatedSecret, only a live reading shows which ones others have added.
  if (isOrphan && removed.length > 0 && target.dataManagers === undefined) return refresh("target");
  const lost = removed.filter((key) => !isOfOperator(target, key) && target.adoptRemoves?.has(key) !== true);
  const isAgreed = isOrphan || target.adopt === world.resource.metadata.name;
  return isAgreed && lost.length === 0 ? undefined : notOwned(world, { isAgreed, lost });
}

/** Kubernetes deletes the Secret with its owner, and another controller would write it again and again. */
function controlledByOthers(world: World, { metadata }: PresentSecret): Wait | undefined {
  const isMerged = world.spec.target.mode === "Merge";
  const owner = metadata.otherOwners?.find(({ isController }) => isController || !isMerged);
  if (owner === undefined) return undefined;
  const { kind, name, isController } = owner;
  const { namespace } = world.resource.metadata;
  return stalled(
    world,
    "TargetControlled",
    `Secret "${world.spec.targetName}" ${isController ? "is controlled" : "is owned"} by ${kind} "${name}", and Kubernetes would delete the Secret ` +
      `with it, so the operator does not take it over. Let its owner go first, and keep the Secret: kubectl delete ${kind.toLowerCase()} ${name} ` +
      `-n ${namespace} --cascade=orphan`,
  );
}

/** Whether the keys of the new data are not known, and could be. */
function mayReadValue({ value, spec, source }: World): boolean {
  const isAvailable = known(source)?.secret !== undefined && wantedVersion({ spec, source }) !== undefined;
  return isAvailable && value.kind === "unknown";
}

/** The keys that the Secret would lose. Without a document that fits, nothing is written. */
function removedKeys({ value, spec }: World, target: PresentSecret): readonly string[] {
  const reading = known(value);
  const mapped = reading?.kind === "value" ? mapDocument(reading.value, spec.target) : undefined;
  return mapped?.kind === "data" && spec.target.mode === "Own" ? target.data.keysBeyond(mapped.data) : [];
}

function isOfOperator({ dataManagers = [] }: PresentSecret, key: string): boolean {
  return dataManagers.some(({ manager, keys }) => manager === FIELD_MANAGER && keys.includes(key));
}

function notOwned(
  world: World,
  { isAgreed, lost }: { readonly isAgreed: boolean; readonly lost: readonly string[] },
): Wait {
  const secret = world.spec.targetName;
  const { name, namespace } = world.resource.metadata;
  const names = lost.map((key) => `"${key}"`).join(", ");
  const consents = [
    ...(isAgreed ? [] : [`${ADOPT_ANNOTATION}=${name}`]),
    ...(lost.length === 0 ? [] : [`${ADOPT_REMOVES_ANNOTATION}=${lost.join(",")}`]),
  ];
  const what = isAgreed
    ? `Secret "${secret}" has keys of others`
    : `Secret "${secret}" exists and belongs to somebody else, so the operator does not change it`;
  const loss =
    lost.length === 0 ? "" : `. The AWS secret does not make these keys, which would be removed: ${names}`;
  return stalled(
    world,
    "TargetNotOwned",
    `${what}${loss}${mergeText(world)}. To ${isAgreed ? "agree to that" : "hand it over"}: kubectl annotate secret ${secret} -n ${namespace} ${consents.join(" ")}`,
  );
}

/** A part of the message: mode Merge replaces keys, and removes none. */
function mergeText({ spec }: World): string {
  return spec.target.mode === "Merge"
    ? ". With mode Merge, only the keys that the AWS secret makes are written"
    : "";
}

function stalled(world: World, reason: Reason, message: string): Wait {
  return waitForPerson(world.now + RECHECK_MS, { reason, message });
}
