import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { Reflector } from "@rotated-secrets/kube-runtime/cache/reflector";
import { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import { loadKubeConfig } from "@rotated-secrets/kube-runtime/client/kube-config";
import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { LeaderElector } from "@rotated-secrets/kube-runtime/leader/leader-elector";
import { type Lease, LeaseLock } from "@rotated-secrets/kube-runtime/leader/lease-lock";
import { silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { noMetrics } from "@rotated-secrets/kube-runtime/telemetry/runtime-metrics";
import { systemClock } from "@rotated-secrets/kube-runtime/time/clock";
import { systemRandom } from "@rotated-secrets/kube-runtime/time/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { startSwallowingProxy } from "./swallowing-proxy.ts";

const CRDS = join(import.meta.dirname, "../../crds");
const NOTICED_MS = 90_000;

/** One for all tests but those of the frozen API server, which has its own: all wait at the same time. */
let cluster: Cluster;
let frozen: Cluster;
const stop = new AbortController();
const runs: Promise<unknown>[] = [];

beforeAll(async () => {
  [cluster, frozen] = await Promise.all([startCluster(), startCluster()]);
});
afterAll(async () => {
  stop.abort();
  await Promise.all(runs);
  await Promise.all([cluster?.stop(), frozen?.stop()]);
});

/** A reflector with the operator's own times, and its observed actions. */
async function reflecting(client: KubeClient, path: string) {
  const store = new Store<KubernetesObject>({ transform: (raw) => raw, failed: () => {} });
  const failures: { readonly reason: string; readonly at: number }[] = [];
  let watches = 0;
  const reflector = new Reflector({
    ...{ name: "things", path, store, client, clock: systemClock, random: systemRandom, log: silentLogger },
    metrics: {
      ...noMetrics.reflector("things"),
      watched: () => {
        watches += 1;
      },
      failed: (reason) => failures.push({ reason, at: Date.now() }),
    },
  });
  runs.push(reflector.run(stop.signal));
  await reflector.synced;
  await eventually("the watch is open", () => (watches > 0 ? true : undefined));
  return { store, failures, reflector };
}

async function configMap(client: KubeClient, namespace: string, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name } };
  await client.create(`/api/v1/namespaces/${namespace}/configmaps`, body);
}

describe.concurrent("a watch that falls silent is noticed and replaced within 90 s", () => {
  it("when the API server is frozen: noticed while it is, replaced when it goes on", async () => {
    const namespace = await frozen.namespace();
    const { store, failures, reflector } = await reflecting(
      frozen.client,
      `/api/v1/namespaces/${namespace}/configmaps`,
    );
    await configMap(frozen.client, namespace, "before");
    await eventually("the first is seen", () => store.get({ namespace, name: "before" }));

    const frozenAt = Date.now();
    process.kill(frozen.controlPlane.pid.apiserver, "SIGSTOP");
    try {
      const [first] = await eventually(
        "the silence is noticed",
        () => (failures.length > 0 ? failures : undefined),
        NOTICED_MS,
      );
      expect(first?.reason).toBe("DeadlineExceeded");
      expect((first?.at ?? 0) - frozenAt).toBeLessThan(NOTICED_MS);
      expect(reflector.stalled()).toBeUndefined();
    } finally {
      process.kill(frozen.controlPlane.pid.apiserver, "SIGCONT");
    }
    await eventually("the API server goes on", () =>
      configMap(frozen.client, namespace, "after").then(() => true),
    );
    await eventually("the later object is seen", () => store.get({ namespace, name: "after" }));
  }, 240_000);

  it("when something in between swallows its events", async () => {
    const namespace = await cluster.namespace();
    const config = loadKubeConfig(cluster.controlPlane.adminKubeconfig);
    const proxy = await startSwallowingProxy(Number(new URL(cluster.controlPlane.url).port));
    const throughProxy = new KubeConfig();
    throughProxy.loadFromString(
      config.exportConfig().replaceAll(cluster.controlPlane.url, `https://127.0.0.1:${proxy.port}`),
    );
    const client = new KubeClient({ config: throughProxy, userAgent: "test/0" });
    try {
      const { store, failures } = await reflecting(client, `/api/v1/namespaces/${namespace}/configmaps`);
      await configMap(cluster.client, namespace, "before");
      await eventually("the first is seen", () => store.get({ namespace, name: "before" }));

      const swallowedAt = Date.now();
      proxy.swallow();
      await configMap(cluster.client, namespace, "swallowed");
      await eventually(
        "the swallowed object is seen",
        () => store.get({ namespace, name: "swallowed" }),
        NOTICED_MS,
      );
      expect(Date.now() - swallowedAt).toBeLessThan(NOTICED_MS);
      expect(failures.map(({ reason }) => reason)).toEqual(["DeadlineExceeded"]);
    } finally {
      await client.close();
      await proxy.stop();
    }
  }, 240_000);
});

describe.concurrent("a CRD that is changed, and then removed, while it is watched", () => {
  it("leaves the reflector trying, and it follows the resources when it is back", async () => {
    const namespace = await cluster.namespace();
    const path = `/apis/rotatedsecrets.dev/v1alpha1/namespaces/${namespace}/rotatedsecrets`;
    const { store, failures, reflector } = await reflecting(cluster.client, path);
    const create = (name: string) =>
      cluster.client.create(path, {
        apiVersion: "rotatedsecrets.dev/v1alpha1",
        kind: "RotatedSecret",
        metadata: { name },
        spec: { secretId: "a" },
      });
    await create("before");
    await eventually("it is seen", () => store.get({ namespace, name: "before" }));
    const column = { name: "Added", type: "string", jsonPath: ".spec.secretId" };
    const patch = [{ op: "add", path: "/spec/versions/0/additionalPrinterColumns/-", value: column }];
    const crd = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/rotatedsecrets.rotatedsecrets.dev";
    await cluster.client.patch(crd, patch, { type: "json" });
    await create("meanwhile");
    await eventually("it is seen", () => store.get({ namespace, name: "meanwhile" }));
    await cluster.kubectl("delete", "--filename", CRDS);
    // A path that does not exist is answered by plain text, not by a Status with the reason NotFound.
    await eventually("the reflector is refused", () =>
      failures.some(({ reason }) => reason === "HTTP 404") ? true : undefined,
    );
    expect(reflector.stalled()).toBeUndefined();
    await cluster.kubectl("apply", "--filename", CRDS);
    await eventually("the kind is served", () => create("after"));
    await eventually("it is seen", () => store.get({ namespace, name: "after" }));
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(["after"]);
  });
});

describe.concurrent("the leader lease", () => {
  const signal = new AbortController().signal;

  /** A process that wants to lead. */
  function candidate(namespace: string, identity: string) {
    const own = new AbortController();
    stop.signal.addEventListener("abort", () => own.abort());
    let leads = false;
    const elector = new LeaderElector({
      lock: new LeaseLock({ client: cluster.client, namespace, name: "operator" }),
      ...{ identity, clock: systemClock, random: systemRandom, log: silentLogger },
      report: (now) => {
        leads = now;
      },
    });
    const run = elector.run(own.signal).then(
      () => "ended",
      (error: unknown) => (error instanceof Error ? error.message : "?"),
    );
    runs.push(run);
    return { identity, own, elector, run, leads: () => leads };
  }
  const leaseOf = (namespace: string) =>
    new LeaseLock({ client: cluster.client, namespace, name: "operator" }).read(signal);

  it("is made by one of five that want it at once, handed on, and lost when it is stolen", async () => {
    const namespace = await cluster.namespace();
    const all = ["a", "b", "c", "d", "e"].map((name) => candidate(namespace, name));
    const first = await eventually("one leads", () => all.find(({ leads }) => leads()));
    const leader = async () => (await leaseOf(namespace))?.spec?.holderIdentity;
    expect([all.filter(({ leads }) => leads()).length, await leader()]).toEqual([1, first.identity]);

    first.own.abort();
    expect(await first.run).toBe("ended");
    const second = await eventually("another leads", () => all.find(({ leads }) => leads()), 10_000);
    const { spec } = (await leaseOf(namespace)) as Lease;
    expect(spec).toMatchObject({ holderIdentity: second.identity, leaseDurationSeconds: 15 });
    expect(spec?.renewTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

    for (const { own, run, leads } of all) {
      if (leads()) continue;
      own.abort();
      await run;
    }
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/operator`;
    await cluster.client.delete(path);
    await eventually("its holder creates it again", async () =>
      (await leader()) === second.identity ? true : undefined,
    );
    const stolen = { spec: { holderIdentity: "thief", leaseDurationSeconds: 3_600 } };
    await cluster.client.patch(path, stolen, { type: "merge" });
    expect(await second.run).toBe("the lease operator is lost: thief holds it now");
    expect(all.filter(({ leads }) => leads())).toEqual([]);
  });
});
