import type { PastRotation } from "../../api/rotated-secret.ts";
import { known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import type { Progress } from "../step.ts";
import { ownTarget } from "../target-secret/ownership.ts";
import type { World } from "../world.ts";

/**
 * The history with the times at which its newest rotation went on: into the Secret, and into the pods. They are added when a
 * status is written anyway, and never change afterwards.
 */
export function withTimes(
  world: World,
  progress: Progress,
  [last, ...older]: readonly PastRotation[],
): readonly PastRotation[] {
  const target = ownTarget(world);
  if (last === undefined) return [];
  if (last.versionId === undefined || target?.versionId !== last.versionId || last.settledAt !== undefined)
    return [last, ...older];
  return [{ ...last, ...syncTime(target), ...proofTimes(world, progress, target) }, ...older];
}

function syncTime({ dataHistory }: PresentSecret): Partial<PastRotation> {
  const writtenAt = dataHistory.at(-1)?.time ?? 0;
  return writtenAt === 0 ? {} : { syncedAt: iso(writtenAt) };
}

/** When and with which workloads the version was proven to be in use. The pods were read for this proof. */
function proofTimes(world: World, progress: Progress, target: PresentSecret): Partial<PastRotation> {
  const isProven =
    progress.reached.has("rollout") && progress.waits.every(({ phase }) => phase !== "rollout");
  if (!isProven || world.spec.workloads.kind === "None") return {};
  const writtenAt = target.dataHistory.at(-1)?.time ?? 0;
  const createdAt = (known(world.pods) ?? []).map((pod) => pod.createdAt).filter((time) => time >= writtenAt);
  return {
    ...(createdAt.length === 0 ? {} : { restartedAt: iso(Math.min(...createdAt)) }),
    settledAt: iso(world.now),
    workloads: world.workloads.length,
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
