import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { known } from "../../ports/fact.ts";
import { settledStatus, workloadsStatus } from "../rollout/rollout-status.ts";
import { withTimes } from "../rollout/rollout-times.ts";
import { isoSeconds, nextRotation } from "../rotation/next-rotation.ts";
import { requestsStatus } from "../rotation/requests.ts";
import { rotationStanding } from "../rotation/rotation-history.ts";
import type { Progress } from "../step.ts";
import { ownTarget } from "../target-secret/ownership.ts";
import { currentMadeAt } from "../times/schedule.ts";
import type { World } from "../world.ts";
import { conditionsOf } from "./conditions.ts";

/** The whole status after this decision. Equal to the one before if nothing has changed. */
export function statusOf(world: World, progress: Progress): RotatedSecretStatus {
  const { metadata, status } = world.resource;
  const standing = rotationStanding(world, progress.waits);
  const { underway, history } = standing;
  return defined({
    observedGeneration: metadata.generation,
    ...ofSource(world, progress),
    secretName: world.spec.targetName,
    identity: identityText(world),
    currentVersion: ownTarget(world)?.versionId ?? status.currentVersion,
    rotation: underway,
    ...requestsStatus(world, progress, underway),
    settled: settledStatus(world, progress),
    workloads: workloadsStatus(world, progress),
    history: history.length === 0 ? undefined : withTimes(world, progress, history),
    conditions: conditionsOf(world, progress, standing),
  });
}

/** Facts of the secret in AWS: shown only to a namespace that may read it, otherwise left as they were. */
function ofSource(
  world: World,
  { reached }: Progress,
): Pick<RotatedSecretStatus, "secretArn" | "lastRotation" | "nextRotation"> {
  const { secretArn, lastRotation, nextRotation: before } = world.resource.status;
  const { suspended } = world.spec;
  if (!reached.has("sync"))
    return defined({ secretArn, lastRotation, nextRotation: suspended ? "suspended" : before });
  const madeAt = currentMadeAt(world);
  return defined({
    // A changed ARN reaches this phase only by consent.
    secretArn: known(world.source)?.secret?.arn ?? secretArn,
    lastRotation: madeAt === undefined ? lastRotation : isoSeconds(madeAt),
    nextRotation: nextRotation(world),
  });
}

function identityText({ spec: { identity } }: World): string {
  return identity.kind === "Operator" ? "Operator" : `ServiceAccount/${identity.name}`;
}

/** Without the fields that are undefined: they are not written. */
function defined<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
