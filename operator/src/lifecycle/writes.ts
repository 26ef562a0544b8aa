import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import type { Instant } from "../ports/fact.ts";
import type { SecretWrite } from "../ports/target-secrets.ts";
import type { PresentSecret } from "./ownership.ts";

/** How many changes of data a Secret remembers. A pod that is older than the oldest may hold anything. */
const WRITES_KEPT = 20;

/** A Secret taken over with the very data it is to have: as far as anybody's pods go, it always had it. */
const ALWAYS: Instant = 0;

/** Whether the Secret still is as it was taken over: nothing has been written since. */
export function isAsAdopted(target: PresentSecret): boolean {
  return target.writes.length === 1 && target.writes[0]?.time === ALWAYS;
}

/** The history of a Secret that is made now. One that was there before, and gone, may have been missed by some readers. */
export function writesOfNew(
  versionId: VersionId,
  now: Instant,
  settled: RotatedSecretStatus["settled"],
): readonly SecretWrite[] {
  const write = { version: versionId, time: now };
  if (settled?.versionId !== versionId) return [write];
  const before = Date.parse(settled.writtenAt);
  return [{ version: versionId, time: before }, { version: "absent", time: before }, write];
}

/** The history of a Secret that is taken over. What it carried before is not known, unless it is what it is to carry. */
export function writesOfAdopted(
  versionId: VersionId,
  now: Instant,
  sameData: boolean,
): readonly SecretWrite[] {
  return [{ version: versionId, time: sameData ? ALWAYS : now }];
}

/**
 * The history of a Secret of ours after its next write.
 *
 * Data that does not change is no change, whatever the version: the last entry then speaks of the new version. The same
 * version over other data means that somebody else wrote in between.
 */
export function nextWrites(
  target: PresentSecret,
  next: { readonly versionId: VersionId; readonly now: Instant; readonly sameData: boolean },
): readonly SecretWrite[] {
  const write = { version: next.versionId, time: next.now };
  const last = target.writes.at(-1);
  if (last === undefined) return [write];
  if (next.sameData) return [...target.writes.slice(0, -1), { version: next.versionId, time: last.time }];
  const between: SecretWrite[] =
    target.versionId === next.versionId
      ? [{ version: "foreign", time: foreignSince(target, last.time) }]
      : [];
  return [...target.writes, ...between, write].slice(-WRITES_KEPT);
}

/** Since when somebody else's data may have been there: their first write after our last, by the server's own record. */
function foreignSince(target: PresentSecret, ours: Instant): Instant {
  const times = (target.dataManagers ?? []).flatMap(({ time }) =>
    time !== undefined && time > ours ? [time] : [],
  );
  return times.length === 0 ? ours : Math.min(...times);
}

/**
 * The text of the pod template's annotation for what the Secret carries: the version's id, and after a correction of
 * foreign data how many there were in a row, so that pods that took the foreign data are restarted and no others.
 */
export function versionText(writes: readonly SecretWrite[]): string {
  const version = writes.at(-1)?.version ?? "";
  const others = writes.findLastIndex(
    (write) => write.version !== version && write.version !== "foreign" && write.version !== "absent",
  );
  const corrections = writes.slice(others + 1).filter((write) => write.version !== version).length;
  return corrections === 0 ? version : `${version}.${corrections}`;
}
