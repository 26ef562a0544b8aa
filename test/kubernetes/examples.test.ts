import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { Lease } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleOperator } from "../../kube-runtime/examples/operator.ts";
import { watchConfigMaps } from "../../kube-runtime/examples/watch.ts";
import { eventually } from "../support/eventually.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A new namespace and its ConfigMaps. */
async function configMaps() {
  const { client } = cluster;
  const namespace = await cluster.namespace();
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  return {
    client,
    namespace,
    create: (name: string, labels: Readonly<Record<string, string>>) =>
      client.create(path, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, labels },
        data: { colour: "red" },
      }),
    edit: (name: string, body: object) => client.patch(`${path}/${name}`, body, { type: "merge" }),
    remove: (name: string) => client.delete(`${path}/${name}`),
    get: (name: string) => client.get<ConfigMap>(`${path}/${name}`),
  };
}

describe("the examples of kube-runtime", () => {
  it("watch: prints what is added, changed and deleted", async () => {
    const { client, namespace, create, edit, remove } = await configMaps();
    const lines: string[] = [];
    const stop = new AbortController();
    const running = watchConfigMaps(client, namespace, (line) => lines.push(line), stop.signal);
    const seen = (line: string) => eventually(line, () => lines.includes(line) || undefined);
    await create("one", {});
    await seen("+ one");
    await edit("one", { data: { colour: "blue" } });
    await seen("~ one");
    await remove("one");
    await seen("- one");
    stop.abort();
    await running;
  });

  it("operator: leads, keeps checksums and counts of teams, serves metrics, and releases its lease", async () => {
    const { client, namespace, create, edit, remove, get } = await configMaps();
    const lines: Record<string, unknown>[] = [];
    const write = (line: string) => lines.push(JSON.parse(line));
    const log = jsonLogger({ level: "info", destination: { write } });
    const stop = new AbortController();
    const running = exampleOperator(client, log, { namespace, identity: "me" }).run(stop.signal);

    const managed = { "example.dev/managed": "true", "example.dev/team": "red" };
    await create("one", managed);
    await create("two", managed);
    await create("other", {});
    const checksum = async (name: string) => (await get(name)).metadata.annotations?.["example.dev/checksum"];
    const first = await eventually("the checksum is written", () => checksum("one"));
    const counts = (count: string) =>
      eventually(
        `the team has ${count}`,
        async () => (await get("team-red")).data?.count === count || undefined,
      );
    await counts("2");

    await edit("one", { data: { colour: "blue" } });
    await eventually("the checksum follows", async () => (await checksum("one")) !== first || undefined);
    await remove("two");
    await counts("1");
    expect(await checksum("other")).toBeUndefined();

    const started = lines.find(({ msg }) => msg === "started");
    const metrics = await (await fetch(`http://127.0.0.1:${String(started?.metricsPort)}/metrics`)).text();
    for (const controller of ["checksum", "team"])
      expect(metrics).toMatch(
        new RegExp(`controller_runtime_reconcile_total{controller="${controller}",result="success"} [1-9]`),
      );
    expect((await fetch(`http://127.0.0.1:${String(started?.healthPort)}/healthz`)).status).toBe(200);
    // The two were created at the same time, and either may come first.
    const written = lines.filter(({ msg }) => msg === "checksum written");
    for (const name of [`${namespace}/one`, `${namespace}/two`])
      expect(written).toContainEqual(
        expect.objectContaining({ controller: "checksum", name, reconcileID: expect.any(String) }),
      );

    stop.abort();
    await running;
    const lease = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/example-operator`;
    expect((await client.get<Lease>(lease)).spec?.holderIdentity).toBe("");
  });
});
