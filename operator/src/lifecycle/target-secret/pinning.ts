import type { VersionId } from "@rotated-secrets/contract/version-id";
import { known } from "../../ports/fact.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import { type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS, REST_MS } from "../timing.ts";
import type { World } from "../world.ts";

/** The version that the Secret should carry: the pinned version, or AWSCURRENT. */
export function wantedVersion({ spec, source }: Pick<World, "spec" | "source">): VersionId | undefined {
  if (spec.pin !== undefined) return spec.pin;
  const secret = known(source)?.secret;
  return secret === undefined ? undefined : currentVersion(secret);
}

/** Whether the pinned version differs from AWSCURRENT, as far as AWSCURRENT is known. */
export function isPinnedElsewhere({ spec, source }: Pick<World, "spec" | "source">): boolean {
  const secret = known(source)?.secret;
  return spec.pin !== undefined && secret !== undefined && currentVersion(secret) !== spec.pin;
}

/** `spec.pin`: no rotation starts. The author asked for it, so it raises no alarm. */
export function pinned(world: World): Wait {
  const wait = waitForPerson(world.now + REST_MS, { reason: "Pinned", message: pinnedText(world) });
  return { ...wait, alarm: "quiet" };
}

/** The effect of the pin, for people. */
export function pinnedText({ spec, source }: Pick<World, "spec" | "source">): string {
  const secret = known(source)?.secret;
  const current = secret === undefined ? undefined : currentVersion(secret);
  const isElsewhere = isPinnedElsewhere({ spec, source });
  const beside = isElsewhere
    ? `, while AWSCURRENT is ${current ?? "on no version"}`
    : ", which is AWSCURRENT";
  return `spec.pin keeps the Secret on version ${spec.pin}${beside}: no rotation starts until spec.pin is removed`;
}

/** AWS does not have the pinned version, or no value of it. */
export function pinnedMissing(world: World, what: string): Wait {
  const { spec } = world;
  const arn = known(world.source)?.secret?.arn ?? spec.secretId;
  const wait = {
    reason: "PinnedVersionMissing",
    message:
      `AWS has no value of version ${spec.pin} of "${spec.secretId}", which spec.pin names: ${what}. The Secret stays as it ` +
      `is. Write the id of an existing version (aws secretsmanager list-secret-version-ids --region ${spec.region} ` +
      `--include-deprecated --secret-id ${arn}), or remove spec.pin`,
  } as const;
  return waitForPerson(world.now + RECHECK_MS, wait, "go on");
}
