import { isDeepStrictEqual } from "node:util";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { resolveSpec } from "../../api/resolved-spec.ts";
import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { mapDocument } from "../../document/document-mapping.ts";
import { removableKeys } from "../../lifecycle/target-secret/key-removal.ts";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import type { SimulatedCluster } from "./simulated-cluster.ts";
import type { SecretBefore, Simulation } from "./simulation.ts";

type Data = Readonly<Record<string, string>>;

/** A promise of the operator that a history broke. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** The data of a Secret, and of the pods that count, at one moment. */
interface Holdings {
  readonly secret: Data | undefined;
  readonly pods: readonly { readonly name: string; readonly holds: Data }[];
}

/**
 * Holds the operator to its promises at every status and Secret that it writes, and at every rotation that it starts:
 *
 * - Current True means that the Secret and the pods that count hold AWSCURRENT, as the operator has read it;
 * - no rotation starts while a pod that counts holds something older than the Secret;
 * - no write of the Secret removes a key that a reader needs, makes a text of an object or leaves the Secret empty, unless a
 *   person has agreed.
 *
 * With a second operator by mistake, one may write the Secret while the other writes a status that it decided on a few
 * milliseconds before. A status then speaks of the beginning of its pass.
 */
export function holdToPromises(simulation: Simulation, { operators }: { readonly operators: number }): void {
  let before: Holdings | undefined;
  simulation.onPass = (cluster) => {
    before = operators === 1 ? undefined : holdingsOf(cluster);
  };
  simulation.onStatus = (cluster, status, known) => {
    if (conditionOf(status, "Current") !== "True") return;
    const wanted = wantedData(simulation, cluster, known);
    const problem = problemIn(holdingsOf(cluster), wanted);
    const isOfPassOnly = before !== undefined && problemIn(before, wanted) === undefined;
    if (problem !== undefined && !isOfPassOnly) throw new BrokenPromise(`Current is True, and ${problem}`);
  };
  simulation.onSecretWrite = (cluster, before) => {
    const problem = lossIn(cluster, before);
    if (problem !== undefined) throw new BrokenPromise(problem);
  };
  simulation.onRotate = (cluster) => {
    const { secret, pods } = holdingsOf(cluster);
    const problem = problemIn({ secret, pods }, secret ?? {});
    if (problem !== undefined) throw new BrokenPromise(`a rotation starts, and ${problem}`);
  };
}

/** The data that the Secret should have: AWSCURRENT as the operator knows it, as the spec shapes it. */
function wantedData(
  { aws }: Simulation,
  { resource }: SimulatedCluster,
  known: CatalogueEntry | undefined,
): Data {
  const current = known?.secret === undefined ? undefined : currentVersion(known.secret);
  if (current === undefined)
    throw new BrokenPromise("Current is True, and AWS has not named a current version");
  const { target } = resolveSpec(resource, { region: "eu-west-1" });
  // A person may have agreed to any form, so the form is not judged here.
  const held = { form: undefined, keys: [], removable: new Set<string>() };
  const mapped = mapDocument(new SecretValue(aws.documentOf(current)), target, held);
  if (mapped.kind === "invalid")
    throw new BrokenPromise(`Current is True, and ${current} cannot be a Secret`);
  return mapped.data.reveal();
}

/** Names the loss by a write without consent. */
function lossIn({ secret, resource, keyNeeds }: SimulatedCluster, before: SecretBefore): string | undefined {
  const keys = Object.keys(secret.data ?? {});
  const agreed = removableKeys({ resource });
  const lost = before.keys.filter((key) => !keys.includes(key) && !agreed.has(key));
  const need = keyNeeds.find(({ key }) => lost.includes(key));
  if (need !== undefined) return `the key ${need.key} is gone, which ${need.reader} needs`;
  if (keys.length === 0) return "the Secret is empty";
  const isTextNow = before.form === "object" && secret.documentForm !== "object";
  return isTextNow && lost.length > 0
    ? "the Secret was made from an object, and is made from text now"
    : undefined;
}

function holdingsOf({ secret, countedPods }: SimulatedCluster): Holdings {
  const pods = countedPods.flatMap(({ name, holds: held }) =>
    held === undefined ? [] : [{ name, holds: held }],
  );
  return { secret: secret.data, pods };
}

/** Names the first thing that does not hold this data. */
function problemIn({ secret, pods }: Holdings, wanted: Data): string | undefined {
  if (!holds(secret, wanted)) return "the Secret holds other data";
  const pod = pods.find(({ holds: held }) => !holds(held, wanted));
  return pod === undefined ? undefined : `the pod ${pod.name} holds other data`;
}

/** Whether the data has all of these keys with these values. Keys of others do not count. */
function holds(data: Data | undefined, wanted: Data): boolean {
  return data !== undefined && isDeepStrictEqual({ ...data, ...wanted }, data);
}

function conditionOf({ conditions = [] }: RotatedSecretStatus, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.status;
}
