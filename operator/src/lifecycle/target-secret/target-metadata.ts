import { MANAGED_BY_VALUE } from "@rotated-secrets/contract/annotations";
import { metadataHash } from "../../api/resolved-target.ts";
import type { PresentSecret, TargetMetadata } from "../../ports/target-secrets.ts";
import type { World } from "../world.ts";

/** The labels, annotations and owner that the Secret should have. `target` is the existing Secret, if there is one. */
export function wantedMetadata(
  { spec }: Pick<World, "spec">,
  target: PresentSecret | undefined,
): TargetMetadata {
  const { mode, labels, annotations, deletionPolicy } = spec.target;
  // The owner of an adopted Secret agreed to updates, not to its deletion: with their annotation on it, it stays.
  const deletedWithOwner = mode === "Own" && deletionPolicy === "Delete" && target?.adopt === undefined;
  const wanted = { labels, annotations, deletedWithOwner };
  const leavesLabel = isLabelOfOthers({ spec }, target);
  return { ...wanted, hash: metadataHash(wanted), ...(leavesLabel ? { leavesLabel } : {}) };
}

/** Whether the label `app.kubernetes.io/managed-by` is left to others, such as a Helm chart whose upgrade would fail without it. */
function isLabelOfOthers({ spec }: Pick<World, "spec">, target: PresentSecret | undefined): boolean {
  const isOfOthers = target?.managedBy !== undefined && target.managedBy !== MANAGED_BY_VALUE;
  return spec.target.mode === "Merge" || isOfOthers;
}

/** Whether the Secret has the label by which the operator finds it. */
export function hasLabel(world: World, target: PresentSecret): boolean {
  return isLabelOfOthers(world, target) ? target.hasOwnLabel === true : target.managedBy === MANAGED_BY_VALUE;
}

/** Whether the Secret has all of them, and nothing of an earlier spec. */
export function hasMetadata(world: World, target: PresentSecret): boolean {
  const wanted = wantedMetadata(world, target);
  const { labels, annotations, owners, hash } = target.metadata;
  const isOwned = owners.includes(world.resource.metadata.uid);
  return (
    hash === wanted.hash &&
    includes(labels, wanted.labels) &&
    includes(annotations, wanted.annotations) &&
    (isOwned || !wanted.deletedWithOwner)
  );
}

/** Whether the spec has changed the metadata since the Secret was last written. */
export function isMetadataNew(world: World, target: PresentSecret): boolean {
  return target.metadata.hash !== wantedMetadata(world, target).hash;
}

function includes(has: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => has[name] === value);
}
