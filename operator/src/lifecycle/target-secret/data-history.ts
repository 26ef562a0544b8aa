import { FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import { parseVersionId, type VersionId } from "@rotated-secrets/contract/version-id";
import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { Instant } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import {
  type DataChange,
  type DataManager,
  isSameContent,
  type SecretContent,
} from "../../ports/target-secrets.ts";
import type { Workload } from "../../ports/workloads.ts";

/** Changes of data that a Secret remembers. A pod that is older than the oldest may hold anything. */
const CHANGES_KEPT = 20;

/** The time of the first change of a Secret that was adopted with equal data: for its pods it always had this data. */
const ALWAYS: Instant = 0;

/** The Secret had other data before, which is not known. */
const UNKNOWN_BEFORE: DataChange = { version: "foreign", time: ALWAYS };

/** Data of the operator: a version's document, shaped by the spec. */
export interface OwnContent extends SecretContent {
  readonly version: VersionId;
}

/** A version's document, and the hash of the spec's keys and template when it sets them. */
export function ownContent(version: VersionId, specHash: string | undefined): OwnContent {
  return specHash === undefined ? { version } : { version, specHash };
}

/** Whether the Secret was last written with this content. If its history was lost, its version annotation decides. */
export function carriesContent(
  { versionId, dataHistory }: PresentSecret,
  { version, specHash }: OwnContent,
): boolean {
  return versionId === version && (dataHistory.length === 0 || dataHistory.at(-1)?.specHash === specHash);
}

/** Whether the Secret is as it was adopted: no data has been written since. */
export function isAsAdopted(target: PresentSecret): boolean {
  return target.dataHistory.length === 1 && target.dataHistory[0]?.time === ALWAYS;
}

/** Content that readers may still hold of a deleted Secret. */
export interface Past extends Pick<RotatedSecretStatus, "settled" | "currentVersion"> {
  /** Whether `settled` covers all readers, and not only the workloads that the spec names. */
  readonly ofAllReaders: boolean;
}

/**
 * The history of a Secret that is created now. If it existed before and was deleted, some readers may have started without it,
 * and others hold its former data, which is known if all readers were proven to hold the same.
 */
export function historyOfNew(
  content: OwnContent,
  now: Instant,
  { settled, currentVersion, ofAllReaders }: Past,
): readonly DataChange[] {
  const write = { ...content, time: now };
  if (settled === undefined) return currentVersion === undefined ? [write] : [UNKNOWN_BEFORE, write];
  const writtenAt = Date.parse(settled.writtenAt);
  const proven = { ...contentOf(settled), time: ofAllReaders ? ALWAYS : writtenAt };
  // During the rollout of another version, pods may hold the proven data until now.
  if (!isSameContent(proven, content)) return [proven, { version: "absent", time: now }, write];
  // The rollout of another version had begun and is undone now: pods that started since may hold that version.
  if (currentVersion !== undefined && currentVersion !== settled.versionId)
    return [proven, { version: "foreign", time: writtenAt }, { version: "absent", time: now }, write];
  return [proven, { version: "absent", time: writtenAt }, write];
}

/** The history of an adopted Secret. Its former data is not known, unless it equals the data that it should carry. */
export function historyOfAdopted(
  content: OwnContent,
  now: Instant,
  sameData: boolean,
): readonly DataChange[] {
  return sameData ? [{ ...content, time: ALWAYS }] : [UNKNOWN_BEFORE, { ...content, time: now }];
}

/**
 * The history of the own Secret after its next write.
 *
 * If the data stays the same, the last entry takes on the new version and hash. If the same content is written over other
 * data, somebody else has written in between, and the history gets an entry for it.
 */
export function nextHistory(
  target: PresentSecret,
  next: { readonly content: OwnContent; readonly now: Instant; readonly sameData: boolean },
): readonly DataChange[] {
  const write = { ...next.content, time: next.now };
  const last = target.dataHistory.at(-1);
  if (last === undefined) return [UNKNOWN_BEFORE, write];
  if (next.sameData) return [...target.dataHistory.slice(0, -1), { ...write, time: last.time }];
  const between: DataChange[] = carriesContent(target, next.content)
    ? [{ version: "foreign", time: foreignSince(target, last.time) }]
    : [];
  // A time written by a clock that was ahead must not make new pods look old.
  const before = target.dataHistory.map((past) => ({ ...past, time: Math.min(past.time, next.now) }));
  return [...before, ...between, write].slice(-CHANGES_KEPT);
}

/**
 * The history of the own Secret after its annotation was removed. Readers still hold the proven data, if the operator is the
 * only writer since. Otherwise the history starts again.
 */
export function rememberedHistory(
  target: PresentSecret,
  settled: RotatedSecretStatus["settled"],
): readonly DataChange[] {
  if (target.dataHistory.length > 0 || settled === undefined || otherManagers(target).length > 0)
    return target.dataHistory;
  return [{ ...contentOf(settled), time: Date.parse(settled.writtenAt) }];
}

/** The content that all readers were proven to hold. */
function contentOf({ versionId, shape }: NonNullable<RotatedSecretStatus["settled"]>): OwnContent {
  return ownContent(parseVersionId(versionId), shape);
}

/** Other field managers that wrote data, from managedFields. */
export function otherManagers({ dataManagers = [] }: PresentSecret): readonly DataManager[] {
  return dataManagers.filter(({ manager }) => manager !== FIELD_MANAGER);
}

/** When foreign data may have appeared first: at the first foreign write after the operator's last one. */
function foreignSince(target: PresentSecret, ours: Instant): Instant {
  const times = otherManagers(target).flatMap(({ time }) =>
    time !== undefined && time > ours ? [time] : [],
  );
  return times.length === 0 ? ours : Math.min(...times);
}

/**
 * The value of the pod template's annotation for the Secret's data: the version's id and the spec's hash. If the data replaced
 * foreign data, or a Secret that was missing, the time of the write follows. So each such event restarts a workload once.
 */
export function restartToken(dataHistory: readonly DataChange[]): string {
  const before = dataHistory.at(-2)?.version;
  return before === "foreign" || before === "absent"
    ? timedRestartToken(dataHistory)
    : contentText(dataHistory.at(-1));
}

function contentText(content: SecretContent | undefined): string {
  if (content === undefined) return "";
  return content.specHash === undefined ? content.version : `${content.version}.${content.specHash}`;
}

/** The value for a workload that has the plain value already, from an earlier time with the same version. */
export function timedRestartToken(dataHistory: readonly DataChange[]): string {
  const last = dataHistory.at(-1);
  return last === undefined ? "" : `${contentText(last)}.${last.time.toString(36)}`;
}

/** Whether the pod template has a restart token for the Secret's data. */
export function hasRestartToken(
  { restartToken: text }: Workload,
  dataHistory: readonly DataChange[],
): boolean {
  return text === restartToken(dataHistory) || text === timedRestartToken(dataHistory);
}
