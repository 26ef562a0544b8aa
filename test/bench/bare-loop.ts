import { VERSION_ID_ANNOTATION, WRITES_ANNOTATION } from "@rotated-secrets/contract/annotations";
import type { BenchCluster } from "./bench-cluster.ts";
import { allOf, documentOf } from "./bench-secrets.ts";
import type { BareLoop } from "./figures.ts";
import { usageOf } from "./process-usage.ts";

const NAMESPACE = "bare";
const FIELD_MANAGER = "bench";

/** Applies a Secret under each of these names, as large as the operator's, as fast as the API server takes them. */
export async function bareLoop(cluster: BenchCluster, names: readonly string[]): Promise<BareLoop> {
  await cluster.kubectl("create", "namespace", NAMESPACE);
  const before = await usage(cluster);
  await allOf(names, (name) => {
    const path = `/api/v1/namespaces/${NAMESPACE}/secrets/${name}`;
    return cluster.api.apply(path, secretOf(name), { fieldManager: FIELD_MANAGER, force: true });
  });
  const after = await usage(cluster);
  return {
    seconds: (after.at - before.at) / 1_000,
    cpuSeconds: after.own - before.own,
    apiServerCpuSeconds: after.apiServer - before.apiServer,
  };
}

async function usage({ controlPlane }: BenchCluster) {
  const { cpuSeconds } = await usageOf(controlPlane.pid.apiserver);
  const { user, system } = process.cpuUsage();
  return { at: Date.now(), own: (user + system) / 1e6, apiServer: cpuSeconds };
}

/** Without the operator's label, so that its watch does not show them. */
function secretOf(name: string): object {
  const document = Object.entries(JSON.parse(documentOf(name, 1)) as Record<string, unknown>);
  const data = document.map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
  const versionId = "00000000-0000-0000-0000-000000000000";
  const writes = JSON.stringify([{ version: versionId, time: "2026-01-01T00:00:00.000Z" }]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, annotations: { [VERSION_ID_ANNOTATION]: versionId, [WRITES_ANNOTATION]: writes } },
    type: "Opaque",
    data: Object.fromEntries(data),
  };
}
