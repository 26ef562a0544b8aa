import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { MAX_NOT_SETTLED, MAX_WORKLOAD_MESSAGE } from "../../api/rotated-secret-status.ts";
import { isRolledOut, type Workload } from "../../ports/workloads.ts";
import type { Finding, PhaseWait, Progress } from "../step.ts";
import { hasRestartToken } from "../target-secret/data-history.ts";
import { ownTarget } from "../target-secret/ownership.ts";
import { hasFault } from "../times/spec-faults.ts";
import type { World } from "../world.ts";
import { selected } from "./rollout.ts";

/** The condition RolledOut, once the phase has nothing left to do. */
export function rolledOutFinding(world: World): Finding | "keep" {
  const target = ownTarget(world);
  if (target === undefined || hasFault(world, "rollout")) return "keep";
  if (world.spec.workloads.kind === "None")
    return {
      status: "Unknown",
      reason: "NotManaged",
      message: "spec.rollout.workloads.mode is None: no workload is restarted or observed",
    };
  const count = world.workloads.length;
  const message =
    count === 0
      ? `no workload reads the Secret, which carries version ${target.versionId}`
      : `all pods of ${count} ${count === 1 ? "workload" : "workloads"} hold version ${target.versionId}`;
  return { status: "True", reason: "RolledOut", message };
}

/** The last data that all readers were proven to hold: in this pass, if the rollout was decided to its end, or before. */
export function settledStatus(world: World, progress: Progress): RotatedSecretStatus["settled"] {
  const target = ownTarget(world);
  const last = target?.dataHistory.at(-1);
  const isProven = progress.reached.has("rollout") && waitOfRollout(progress) === undefined;
  const hasReaders = world.spec.workloads.kind !== "None";
  if (hasFault(world, "rollout")) return world.resource.status.settled;
  if (!isProven || !hasReaders || target?.versionId === undefined || last === undefined) {
    const { status, metadata } = world.resource;
    // A proof under another spec may have been about other workloads.
    return status.observedGeneration === metadata.generation ? status.settled : undefined;
  }
  const { versionId } = target;
  const selection = selected(world);
  return {
    versionId,
    ...(last.specHash === undefined ? {} : { shape: last.specHash }),
    writtenAt: new Date(last.time).toISOString(),
    ...(selection === undefined ? {} : { selected: selection }),
  };
}

/** Counts of workloads. In a rollout they change in steps of a tenth, so that it does not write a status for each pod. */
export function workloadsStatus(world: World, progress: Progress): RotatedSecretStatus["workloads"] {
  const target = ownTarget(world);
  const before = world.resource.status;
  const isManaged = world.spec.workloads.kind !== "None" && !hasFault(world, "rollout");
  if (target === undefined || !progress.reached.has("rollout") || !isManaged) return before.workloads;
  const wait = waitOfRollout(progress);
  const total = world.workloads.length;
  if (wait === undefined) return { progress: `${total}/${total}`, total, settled: total };
  const open = world.workloads.filter(
    (workload) => !hasRestartToken(workload, target.dataHistory) || !isRolledOut(workload),
  );
  const settled = total - open.length;
  const shown = before.conditions?.find(({ type }) => type === "RolledOut");
  if (shown?.reason === wait.reason && isSameTenth(before.workloads, { total, settled }))
    return before.workloads;
  const notSettled = open.slice(0, MAX_NOT_SETTLED).map((workload) => notSettledOf(workload, wait));
  return {
    progress: `${settled}/${total}`,
    total,
    settled,
    ...(open.length === 0 ? {} : { notSettled }),
  };
}

/** Whether the rollout of as many workloads has come as far, in tenths. */
function isSameTenth(
  before: RotatedSecretStatus["workloads"],
  now: { readonly total: number; readonly settled: number },
): boolean {
  const tenth = ({ total, settled }: typeof now) => (total === 0 ? 10 : Math.floor((10 * settled) / total));
  return before !== undefined && before.total === now.total && tenth(before) === tenth(now);
}

function waitOfRollout({ waits }: Progress): PhaseWait | undefined {
  return waits.find(({ phase }) => phase === "rollout");
}

function notSettledOf({ ref }: Workload, { message }: PhaseWait) {
  return { kind: ref.kind, name: ref.name, message: message.slice(0, MAX_WORKLOAD_MESSAGE) };
}
