import { metadataHash } from "../../api/resolved-target.ts";
import type { PresentSecret, TargetMetadata } from "../../ports/target-secrets.ts";
import type { World } from "../world.ts";

/** The labels, annotations and owner that the Secret is to have. `target` is the Secret as it stands, where there is one. */
export function wantedMetadata(
  { spec }: Pick<World, "spec">,
  target: PresentSecret | undefined,
): TargetMetadata {
  const { labels, annotations, deletionPolicy } = spec.target;
  // Who agreed to have a Secret of theirs kept current did not agree to lose it: with their consent on it, it stays.
  const deletedWithOwner = deletionPolicy === "Delete" && target?.adopt === undefined;
  const wanted = { labels, annotations, deletedWithOwner };
  return { ...wanted, hash: metadataHash(wanted) };
}

/** Whether the Secret has them all, and nothing that an earlier spec asked for. */
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

/** Whether the spec asks for other metadata than when the Secret was last written. */
export function isMetadataNew(world: World, target: PresentSecret): boolean {
  return target.metadata.hash !== wantedMetadata(world, target).hash;
}

function includes(has: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => has[name] === value);
}
