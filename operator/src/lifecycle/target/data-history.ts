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

/** How many changes of data a Secret remembers. A pod that is older than the oldest may hold anything. */
const CHANGES_KEPT = 20;

/** A Secret taken over with the very data it is to have: as far as anybody's pods go, it always had it. */
const ALWAYS: Instant = 0;

/** Something was there before, and nobody knows what. */
const UNKNOWN_BEFORE: DataChange = { version: "foreign", time: ALWAYS };

/** Data of ours: a version's document, as the spec makes it. */
export interface OwnContent extends SecretContent {
  readonly version: VersionId;
}

/** A version's document, and the hash of the spec's keys and template when it sets them. */
export function ownContent(version: VersionId, specHash: string | undefined): OwnContent {
  return specHash === undefined ? { version } : { version, specHash };
}

/** Whether the Secret was last written with this content. What its memory does not tell, because it was lost, its version tells. */
export function carriesContent(
  { versionId, dataHistory }: PresentSecret,
  { version, specHash }: OwnContent,
): boolean {
  return versionId === version && (dataHistory.length === 0 || dataHistory.at(-1)?.specHash === specHash);
}

/** Whether the Secret still is as it was taken over: nothing has been written since. */
export function isAsAdopted(target: PresentSecret): boolean {
  return target.dataHistory.length === 1 && target.dataHistory[0]?.time === ALWAYS;
}

/** What is known of what the readers of a Secret hold that is not there. */
export interface Past extends Pick<RotatedSecretStatus, "settled" | "currentVersion"> {
  /** Whether `settled` speaks of all readers, and not just of those that were named. */
  readonly ofAllReaders: boolean;
}

/**
 * The history of a Secret that is made now. One that was there before, and gone, may have been missed by some readers;
 * others hold what it carried, which is known where they were all proven to hold the same.
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
  // Where another version was being rolled out, pods hold what was proven until now.
  const goneSince = isSameContent(proven, content) ? writtenAt : now;
  return [proven, { version: "absent", time: goneSince }, write];
}

/** The history of a Secret that is taken over. What it carried before is not known, unless it is what it is to carry. */
export function historyOfAdopted(
  content: OwnContent,
  now: Instant,
  sameData: boolean,
): readonly DataChange[] {
  return sameData ? [{ ...content, time: ALWAYS }] : [UNKNOWN_BEFORE, { ...content, time: now }];
}

/**
 * The history of a Secret of ours after its next write.
 *
 * Data that does not change is no change, whatever the version or the spec: the last entry then speaks of the new ones.
 * The same content over other data means that somebody else wrote in between.
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
  // What a clock that was ahead has written must not make new pods look old.
  const before = target.dataHistory.map((past) => ({ ...past, time: Math.min(past.time, next.now) }));
  return [...before, ...between, write].slice(-CHANGES_KEPT);
}

/**
 * The memory of a Secret of ours whose annotation was taken away. What all readers were proven to hold they still hold,
 * as long as nobody else has written data since; otherwise it begins anew.
 */
export function rememberedHistory(
  target: PresentSecret,
  settled: RotatedSecretStatus["settled"],
): readonly DataChange[] {
  if (target.dataHistory.length > 0 || settled === undefined || otherManagers(target).length > 0)
    return target.dataHistory;
  return [{ ...contentOf(settled), time: Date.parse(settled.writtenAt) }];
}

/** What all readers were proven to hold. */
function contentOf({ versionId, shape }: NonNullable<RotatedSecretStatus["settled"]>): OwnContent {
  return ownContent(parseVersionId(versionId), shape);
}

/** Who else than the operator wrote data, by the server's own record. */
export function otherManagers({ dataManagers = [] }: PresentSecret): readonly DataManager[] {
  return dataManagers.filter(({ manager }) => manager !== FIELD_MANAGER);
}

/** Since when somebody else's data may have been there: their first write after our last. */
function foreignSince(target: PresentSecret, ours: Instant): Instant {
  const times = otherManagers(target).flatMap(({ time }) =>
    time !== undefined && time > ours ? [time] : [],
  );
  return times.length === 0 ? ours : Math.min(...times);
}

/**
 * The text of the pod template's annotation for what the Secret carries: the version's id, the spec's hash where
 * it has one, and where it came over something else than a version also which time that was, as the Secret remembers
 * it. So who took foreign data, or may have missed the Secret, is restarted once for each time, however often that was.
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

/** The text for a workload that has the other one from before, when the Secret carried this version an earlier time. */
export function timedRestartToken(dataHistory: readonly DataChange[]): string {
  const last = dataHistory.at(-1);
  return last === undefined ? "" : `${contentText(last)}.${last.time.toString(36)}`;
}

/** Whether the pod template was marked for what the Secret carries. */
export function hasRestartToken(
  { restartToken: text }: Workload,
  dataHistory: readonly DataChange[],
): boolean {
  return text === restartToken(dataHistory) || text === timedRestartToken(dataHistory);
}
