import { isDeepStrictEqual } from "node:util";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { resolveSpec } from "../../api/resolved-spec.ts";
import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import { mapDocument } from "../../document/document-mapping.ts";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import type { SimulatedCluster } from "./simulated-cluster.ts";
import type { Simulation } from "./simulation.ts";

type Data = Readonly<Record<string, string>>;

/** A promise of the operator that a history broke. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/**
 * Holds the operator to its promises at every status that it writes and at every rotation that it starts:
 *
 * - Current True means that the Secret and the pods that count hold AWSCURRENT, as the operator has read it;
 * - no rotation starts while a pod that counts holds something older than the Secret.
 */
export function holdToPromises(simulation: Simulation): void {
  simulation.onStatus = (cluster, status, known) => {
    if (conditionOf(status, "Current") === "True") expectCurrent(simulation, cluster, known);
  };
  simulation.onRotate = (cluster) => expectNothingOlder(cluster);
}

function expectCurrent(
  { aws }: Simulation,
  cluster: SimulatedCluster,
  known: CatalogueEntry | undefined,
): void {
  const [current] =
    [...(known?.secret?.stages ?? [])].find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
  if (current === undefined)
    throw new BrokenPromise("Current is True, and AWS has not named a current version");
  const { target } = resolveSpec(cluster.resource, { region: "eu-west-1" });
  const mapped = mapDocument(new SecretValue(aws.documentOf(current)), target);
  if (mapped.kind === "invalid")
    throw new BrokenPromise(`Current is True, and ${current} cannot be a Secret`);
  const wanted = mapped.data.reveal();
  if (!holds(cluster.secret.data, wanted))
    throw new BrokenPromise("Current is True, and the Secret holds other data");
  for (const { name, holds: held } of cluster.countedPods)
    if (held !== undefined && !holds(held, wanted))
      throw new BrokenPromise(`Current is True, and the pod ${name} holds other data`);
}

function expectNothingOlder(cluster: SimulatedCluster): void {
  const data = cluster.secret.data ?? {};
  for (const { name, holds: held } of cluster.countedPods)
    if (held !== undefined && !holds(held, data))
      throw new BrokenPromise(`a rotation starts, and the pod ${name} holds something else than the Secret`);
}

/** Whether the data has all of these keys with these values. Keys of others do not count. */
function holds(data: Data | undefined, wanted: Data): boolean {
  return data !== undefined && isDeepStrictEqual({ ...data, ...wanted }, data);
}

function conditionOf({ conditions = [] }: RotatedSecretStatus, type: string): string | undefined {
  return conditions.find((condition) => condition.type === type)?.status;
}
