import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import type { EventReason } from "../../api/reasons.ts";
import type { Mapped } from "../../document/document-mapping.ts";
import { known } from "../../ports/fact.ts";
import type { EventNote } from "../../ports/reporting.ts";
import type { SecretData } from "../../ports/secret-data.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import { refresh, type Step } from "../step.ts";
import type { World } from "../world.ts";
import {
  carriesContent,
  historyOfAdopted,
  historyOfNew,
  isAsAdopted,
  nextHistory,
  type OwnContent,
  otherManagers,
  rememberedHistory,
} from "./data-history.ts";
import { driftFight } from "./drift-fight.ts";
import { isOwnUnmarked } from "./ownership.ts";
import { hasLabel, hasMetadata, isMetadataNew, wantedMetadata } from "./target-metadata.ts";

/**
 * The step towards a target Secret with exactly this data: create it, take it over, update it, or remove foreign keys.
 * Undefined if it has this data already.
 */
export function writeTarget(world: World, content: OwnContent, made: MadeData): Step | undefined {
  const target = known(world.target);
  if (target?.kind !== "present") return create(world, content, made);
  const isOwn = target.ownerUid === world.resource.metadata.uid || isOwnUnmarked(world, target);
  return isOwn ? keep(world, target, content, made) : takeOver(world, target, content, made);
}

/** Data that was made from a document. */
export type MadeData = Pick<Extract<Mapped, { kind: "data" }>, "data" | "form">;

function create(world: World, content: OwnContent, made: MadeData): Step {
  const { status, metadata } = world.resource;
  const ofAllReaders =
    world.spec.workloads.kind === "Auto" && status.observedGeneration === metadata.generation;
  const dataHistory = historyOfNew(content, world.now, { ...status, ofAllReaders });
  return apply(world, undefined, { content, made, dataHistory, notes: recreated(world, content) });
}

/** The event about a Secret that somebody has deleted. A first creation is an event of the status that follows. */
function recreated({ resource, spec }: World, { version }: OwnContent): readonly EventNote[] {
  if (resource.status.currentVersion === undefined) return [];
  const message = `Secret "${spec.targetName}" had been deleted by somebody, and was created again with version ${version}`;
  return [warning("SecretRecreated", message)];
}

/** The write of the whole Secret, over the object that was decided on. */
function apply(
  world: World,
  over: PresentSecret | undefined,
  {
    content,
    made,
    ...rest
  }: Pick<Extract<Step, { do: "applySecret" }>, "dataHistory" | "notes"> & {
    readonly content: OwnContent;
    readonly made: MadeData;
  },
): Step {
  return {
    do: "applySecret",
    versionId: content.version,
    documentForm: made.form,
    data: made.data,
    ...rest,
    over,
    metadata: wantedMetadata(world, over),
  };
}

/** Takes over a Secret of somebody else with their consent, or of a deleted RotatedSecret, which has a data history. */
function takeOver(world: World, target: PresentSecret, content: OwnContent, made: MadeData): Step {
  const { data } = made;
  if (world.target.kind !== "live") return refresh("target");
  const isAdoption = target.ownerUid === undefined;
  const isSameContent = isAdoption || carriesContent(target, content);
  const sameData = isSameContent ? target.data.includes(data) : keepsData(target, data);
  const dataHistory = isAdoption
    ? historyOfAdopted(content, world.now, sameData)
    : nextHistory(target, { content, now: world.now, sameData });
  const foreign = world.spec.target.mode === "Merge" ? [] : target.data.keysBeyond(data);
  const secret = `Secret "${world.spec.targetName}"`;
  // Neither event says whether the data were equal: that would let people guess them who may not read the Secret.
  const notes = [
    normal("SecretAdopted", `${secret} was taken over and carries version ${content.version}`),
    ...(foreign.length === 0
      ? []
      : [
          warning(
            "ForeignKeys",
            `${secret} has keys that are not in the AWS secret: ${managed(target, foreign)}; they are removed, as its owner has agreed`,
          ),
        ]),
  ];
  return apply(world, target, { content, made, dataHistory, notes });
}

/** Updates the own Secret: a new version, a changed spec, or data, marks or metadata that somebody else has changed. */
function keep(world: World, target: PresentSecret, content: OwnContent, made: MadeData): Step | undefined {
  const { data } = made;
  const isNew = !carriesContent(target, content);
  // Only a live reading has managedFields.
  const needsManagers = target.data.keysBeyond(data).length > 0 || target.data.includes(data);
  if (isNew && needsManagers && world.target.kind !== "live") return refresh("target");
  const sameData = isNew ? keepsData(target, data) : target.data.includes(data);
  const fight = isNew || sameData ? undefined : driftFight(world, target);
  if (fight !== undefined) return world.target.kind === "live" ? fight : refresh("target");
  if (isNew || !sameData || !hasOwnMarks(world, target) || !hasMetadata(world, target)) {
    const isExpected = isNew && hasOwnMarks(world, target);
    if (!isExpected && world.target.kind !== "live") return refresh("target");
    const remembered = { ...target, dataHistory: rememberedHistory(target, world.resource.status.settled) };
    const dataHistory = nextHistory(remembered, { content, now: world.now, sameData });
    const notes = [written(world, target, content, sameData)];
    return apply(world, target, { content, made, dataHistory, notes });
  }
  return removeForeignKeys(world, target, data);
}

/**
 * Whether the new content has the same data as the Secret. A removed key is a change too, unless it was foreign. Data that
 * somebody else has already written counts as new, because pods may still hold the data from before.
 */
function keepsData(target: PresentSecret, data: SecretData): boolean {
  const own = target.dataManagers?.filter(({ manager }) => manager === FIELD_MANAGER);
  const isOwn = (key: string) => own === undefined || own.some(({ keys }) => keys.includes(key));
  const isSame = target.data.includes(data) && !target.data.keysBeyond(data).some(isOwn);
  return isSame && !wasWrittenByOthers(target, data);
}

/** Whether somebody else has written some of this data since the operator's last write. */
function wasWrittenByOthers(target: PresentSecret, data: SecretData): boolean {
  const ours = target.dataManagers?.find(({ manager }) => manager === FIELD_MANAGER)?.time ?? 0;
  return otherManagers(target).some(
    ({ time = Infinity, keys }) => time >= ours && keys.some((key) => data.keys.includes(key)),
  );
}

/** Whether the Secret has the label and the annotations that every Secret of the operator has. */
function hasOwnMarks(world: World, target: PresentSecret): boolean {
  const { ownerUid, versionId, dataHistory } = target;
  return (
    hasLabel(world, target) && ownerUid !== undefined && versionId !== undefined && dataHistory.length > 0
  );
}

function written(world: World, target: PresentSecret, content: OwnContent, sameData: boolean): EventNote {
  const secret = `Secret "${world.spec.targetName}"`;
  const isNew = !carriesContent(target, content);
  if (sameData && !hasOwnMarks(world, target))
    return warning("DriftCorrected", `${secret} had lost its label or annotations, which were restored`);
  if (isNew) {
    const how = target.versionId === content.version ? ", as spec.target now makes it" : "";
    return normal("SecretSynced", `${secret} now carries version ${content.version}${how}`);
  }
  if (sameData && isMetadataNew(world, target))
    return normal(
      "SecretUpdated",
      `${secret} now has the labels, annotations and owner that spec.target asks for`,
    );
  if (sameData)
    return warning(
      "DriftCorrected",
      `${secret} had lost labels, annotations or the owner of spec.target, which were restored`,
    );
  const others = otherManagers(target)
    .map(({ manager }) => `"${manager}"`)
    .join(", ");
  return warning(
    "DriftCorrected",
    `${secret} had been changed by ${others || "somebody else"} and carries version ${content.version} again`,
  );
}

function removeForeignKeys(world: World, target: PresentSecret, data: SecretData): Step | undefined {
  // A Secret that an earlier release adopted with equal data keeps its other keys until the data changes.
  const mayGo = (key: string) => !isAsAdopted(target) || target.adoptRemoves?.has(key) === true;
  const keys = target.data.keysBeyond(data).filter(mayGo);
  if (keys.length === 0 || world.spec.target.mode === "Merge") return undefined;
  if (world.target.kind !== "live") return refresh("target");
  const message = `keys that are not in the AWS secret were removed from Secret "${world.spec.targetName}": ${managed(target, keys)}`;
  return { do: "removeKeys", keys, over: target, notes: [warning("ForeignKeysRemoved", message)] };
}

function managed(target: PresentSecret, keys: readonly string[]): string {
  return keys
    .map((key) => {
      const manager = target.dataManagers?.find((candidate) => candidate.keys.includes(key))?.manager;
      return manager === undefined ? `"${key}"` : `"${key}" (written by ${manager})`;
    })
    .join(", ");
}

function normal(reason: EventReason, message: string): EventNote {
  return { type: "Normal", reason, message };
}

function warning(reason: EventReason, message: string): EventNote {
  return { type: "Warning", reason, message };
}
