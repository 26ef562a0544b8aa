import { ALLOW_KEY_REMOVAL_ANNOTATION, FIELD_MANAGER } from "@rotated-secrets/contract/annotations";
import { parseKeyList } from "../../api/key-list.ts";
import { known } from "../../ports/fact.ts";
import type { PresentSecret } from "../../ports/target-secrets.ts";
import type { KeyNeed } from "../../ports/workloads.ts";
import { type Action, refresh, type Step, type Wait, waitForPerson } from "../step.ts";
import { RECHECK_MS } from "../timing.ts";
import type { World } from "../world.ts";

/** The most keys and readers that a message names. */
const MAX_NAMED = 5;

/** A write of the Secret. */
export type SecretWrite = Extract<Action, { do: "applySecret" | "removeKeys" }>;

/**
 * Holds back a write that removes a key which a reader names and needs: without the key, a container that starts or restarts
 * ends in CreateContainerConfigError. The annotation `rotatedsecrets.dev/allow-key-removal` lets the keys go that it names.
 */
export function keyInUse(world: World, write: SecretWrite): Step | undefined {
  const allowed = removableKeys(world);
  const removed = removedKeys(world, write).filter((key) => !allowed.has(key));
  if (removed.length === 0) return undefined;
  if (world.keyNeeds.kind !== "live") return refresh("keyNeeds");
  const reading = world.keyNeeds.value;
  if (reading.kind === "refused") return unknownReaders(world, removed, reading.why);
  const needs = reading.needs.filter(({ key }) => removed.includes(key));
  return needs.length === 0 ? undefined : needed(world, needs);
}

/** The keys that a person has agreed to lose, on the RotatedSecret. */
export function removableKeys({ resource }: Pick<World, "resource">): ReadonlySet<string> {
  return parseKeyList(resource.metadata.annotations?.[ALLOW_KEY_REMOVAL_ANNOTATION]) ?? new Set();
}

/** The keys that the Secret has no more after the write. An apply removes those of the operator, and leaves those of others. */
function removedKeys(world: World, write: SecretWrite): readonly string[] {
  if (write.do === "removeKeys") return write.keys;
  const target = known(world.target);
  if (target?.kind !== "present") return [];
  return target.data.keysBeyond(write.data).filter((key) => isOfOperatorAlone(target, key));
}

function isOfOperatorAlone({ dataManagers, ownerUid }: PresentSecret, key: string): boolean {
  if (dataManagers === undefined) return ownerUid !== undefined;
  const managers = dataManagers.filter(({ keys }) => keys.includes(key)).map(({ manager }) => manager);
  return managers.includes(FIELD_MANAGER) && managers.every((manager) => manager === FIELD_MANAGER);
}

function needed(world: World, needs: readonly KeyNeed[]): Wait {
  const { name, namespace } = world.resource.metadata;
  const keys = [...new Set(needs.map(({ key }) => key))];
  const consent = `kubectl annotate rsec ${name} -n ${namespace} --overwrite ${ALLOW_KEY_REMOVAL_ANNOTATION}=${keys.join(",")}`;
  return inUse(
    world,
    `${described(needs)}, and the new data of Secret "${world.spec.targetName}" does not have ${keys.length === 1 ? "it" : "them"}: ` +
      `the Secret stays as it is. Let the secret or spec.target make ${keys.length === 1 ? "this key" : "these keys"} again, or change ` +
      `the readers first (optional: true is enough). To remove ${keys.length === 1 ? "it" : "them"} all the same: ${consent}`,
  );
}

function unknownReaders(world: World, removed: readonly string[], why: string): Wait {
  const keys = removed.slice(0, MAX_NAMED).map((key) => `"${key}"`);
  return inUse(
    world,
    `the new data of Secret "${world.spec.targetName}" does not have ${keys.join(", ")}, and the operator cannot find out whether a reader ` +
      `needs them: the API server does not let it ${why}. The Secret stays as it is: give the operator the verb list on them`,
  );
}

function inUse(world: World, message: string): Wait {
  return waitForPerson(world.now + RECHECK_MS, { reason: "KeyInUse", message }, "go on");
}

/** `Deployment web needs the key "password"`; only the first needs are named. */
function described(needs: readonly KeyNeed[]): string {
  const shown = needs.slice(0, MAX_NAMED).map(({ key, reader }) => `${reader} needs the key "${key}"`);
  return needs.length > MAX_NAMED
    ? `${shown.join(", ")} and ${needs.length - MAX_NAMED} more`
    : shown.join(", ");
}
