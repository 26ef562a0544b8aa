import { expect } from "vitest";
import { Simulation } from "./simulation.ts";

export const MINUTE = 60_000;
/** Longer than any wait that ends by itself. */
export const LONG = 25 * MINUTE;

/** A Secret in use by two Deployments, all at rest. */
export async function inUse(options: ConstructorParameters<typeof Simulation>[0] = {}): Promise<Simulation> {
  const simulation = new Simulation(options);
  await simulation.run(MINUTE);
  for (const name of ["web", "worker"]) simulation.cluster.deploy(name);
  await simulation.run(5 * MINUTE);
  return simulation;
}

/** Expects that everything has come to rest, on the current version. */
export async function expectRest(simulation: Simulation): Promise<void> {
  const { aws, cluster } = simulation;
  await simulation.run(LONG);
  const { statusWrites } = cluster;
  await simulation.run(LONG);
  expect(cluster.statusWrites).toBe(statusWrites);
  expect(cluster.secret.versionId).toBe(aws.current);
  expect(cluster.secret.data).toEqual(dataOf(aws.documentOf(aws.current)));
  for (const { pods } of cluster.readers)
    for (const { holds } of pods) expect(holds).toMatchObject(cluster.secret.data ?? {});
  const { conditions = [], rotation } = cluster.status;
  expect(rotation).toBeUndefined();
  expect(Object.fromEntries(conditions.map(({ type, status }) => [type, status]))).toMatchObject({
    Ready: "True",
    Current: "True",
    RolledOut: "True",
    Reconciling: "False",
    Stalled: "False",
  });
}

/** The data of a Secret that has the fields of a document. */
export function dataOf(document: string): Readonly<Record<string, string>> {
  const members: Record<string, string> = JSON.parse(document);
  return Object.fromEntries(
    Object.entries(members).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
}

export function restarts({ cluster }: Simulation): readonly number[] {
  return cluster.readers.map(({ restarts: texts }) => texts.length);
}

/** No rotation may start while a pod holds other data than the Secret, terminating pods included. */
export function watchRotations({ aws, cluster }: Simulation): void {
  aws.onAccept = () => {
    for (const { pods } of cluster.readers)
      for (const { holds } of pods) if (holds !== undefined) expect(holds).toEqual(cluster.secret.data);
  };
}
