import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { WorkloadChoice } from "@rotated-secrets/operator/api/workload-choice";
import { KubernetesWorkloads } from "@rotated-secrets/operator/kubernetes/readers/workloads";
import { watchedResources } from "@rotated-secrets/operator/kubernetes/watched-resources";
import { Conflict } from "@rotated-secrets/operator/ports/target-secrets";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Cluster, startCluster } from "./cluster.ts";

const signal = new AbortController().signal;
// Later than the pod is made, as a start always is.
const STARTED = "2100-01-01T00:00:10Z";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

const AUTO = { kind: "Auto" } as const;
const deployments = (...names: readonly string[]): WorkloadChoice => ({
  kind: "Names",
  names: names.map((name) => ({ kind: "Deployment", name })),
});

const reading = (...secrets: readonly string[]) => ({
  containers: [{ name: "web", image: "web", envFrom: secrets.map((name) => ({ secretRef: { name } })) }],
});

/** A namespace with the adapter, and the other actions of the tests. */
async function inNamespace() {
  const namespace = await cluster.namespace();
  const { workloads: watched } = watchedResources({
    region: "eu-west-1",
    failed: (resource, object, error) => {
      throw new Error(`${resource} ${object.name} could not be read`, { cause: error });
    },
  });
  const { store } = watched.Deployment;
  const workloads = new KubernetesWorkloads({ client: cluster.client, watched });
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const db = { namespace, name: "db" };
  const deploy = async (name: string, podSpec: object) => {
    const labels = { app: name };
    const made = await cluster.client.create<Deployment>(path, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
    });
    store.upsert(made);
    return { kind: "Deployment", namespace, name } as const;
  };
  const created = new Map<string, KubernetesObject>();
  const make = async (
    kind: "StatefulSet" | "DaemonSet",
    name: string,
    podSpec: object,
    own: Record<string, string> = {},
  ) => {
    const labels = { app: name };
    const object = await cluster.client.create<KubernetesObject>(
      `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`,
      {
        apiVersion: "apps/v1",
        kind,
        metadata: { name, labels: own },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
      },
    );
    watched[kind].store.upsert(object);
    created.set(name, object);
    return { kind, namespace, name } as const;
  };
  return {
    make,
    /** The watch shows the workload as deleted. */
    forget: (kind: "StatefulSet" | "DaemonSet", name: string) => {
      const object = created.get(name);
      if (object === undefined) throw new Error(`${name} was not created here`);
      const resourceVersion = String(Number(object.metadata.resourceVersion) + 1_000_000);
      watched[kind].store.remove({ ...object, metadata: { ...object.metadata, resourceVersion } });
    },
    namespace,
    db,
    store,
    workloads,
    deploy,
    get: (name: string) => cluster.client.get<Deployment>(`${path}/${name}`),
    remove: (name: string) => cluster.client.delete(`${path}/${name}`),
    readers: (choice: WorkloadChoice = AUTO) => workloads.pods(db, choice, signal),
    createPod: (name: string, spec: object) =>
      cluster.client.create(pods, { apiVersion: "v1", kind: "Pod", metadata: { name }, spec }),
    setStatus: (pod: string, status: object) =>
      cluster.client.patch(`${pods}/${pod}/status`, { status }, { type: "strategic" }),
  };
}

describe("a restart", () => {
  it("sets the annotation of its Secret, and shows it at once", async () => {
    const { deploy, workloads, db, get } = await inNamespace();
    const web = await deploy("web", reading("db"));
    const before = workloads.cached(db, AUTO);
    expect(before).toMatchObject([{ ref: web }]);
    expect(before[0]).not.toHaveProperty("restartToken");
    const restarted = await workloads.restart(db, web, "v1", signal);
    expect(restarted).toMatchObject({ restartToken: "v1", rollout: { observed: false } });
    expect(workloads.cached(db, AUTO)).toMatchObject([{ restartToken: "v1" }]);
    const { annotations } = (await get("web")).spec.template.metadata;
    expect(annotations).toEqual({ "version.rotatedsecrets.dev/db": "v1" });
  });

  it("is none when the text is there already", async () => {
    const { deploy, workloads, db, get } = await inNamespace();
    const web = await deploy("web", reading("db"));
    await workloads.restart(db, web, "v1", signal);
    const { generation } = (await get("web")).metadata;
    await workloads.restart(db, web, "v1", signal);
    expect((await get("web")).metadata.generation).toBe(generation);
  });

  it("leaves the annotations of the other Secrets that the Deployment reads, and of other people", async () => {
    const { deploy, workloads, db, get } = await inNamespace();
    const web = await deploy("web", reading("db", "cache"));
    const cache = { ...db, name: "cache" };
    await workloads.restart(db, web, "v1", signal);
    await workloads.restart(cache, web, "v7", signal);
    await workloads.restart(db, web, "v2", signal);
    expect((await get("web")).spec.template.metadata.annotations).toEqual({
      "version.rotatedsecrets.dev/db": "v2",
      "version.rotatedsecrets.dev/cache": "v7",
    });
    expect(workloads.cached(cache, AUTO)).toMatchObject([{ restartToken: "v7" }]);
  });

  it("goes through although the Deployment's status has moved on since", async () => {
    const { deploy, workloads, db, get } = await inNamespace();
    const web = await deploy("web", reading("db"));
    await vi.waitFor(async () => expect(await get("web")).toHaveProperty("status.observedGeneration"));
    await expect(workloads.restart(db, web, "v1", signal)).resolves.toMatchObject({ restartToken: "v1" });
  });

  it("does not bring back a Deployment that is gone", async () => {
    const { deploy, remove, workloads, db, get } = await inNamespace();
    const web = await deploy("web", reading("db"));
    await remove("web");
    await expect(workloads.restart(db, web, "v1", signal)).rejects.toThrow(Conflict);
    await expect(get("web")).rejects.toThrow("404");
  });

  it("spares a new Deployment of the same name", async () => {
    const { deploy, remove, workloads, db, get, store } = await inNamespace();
    const web = await deploy("web", reading("db"));
    const judged = await get("web");
    await remove("web");
    await vi.waitFor(() => deploy("web", reading("db")));
    store.replace([judged], judged.metadata.resourceVersion ?? "");
    await expect(workloads.restart(db, web, "v1", signal)).rejects.toThrow(Conflict);
    expect((await get("web")).spec.template.metadata).not.toHaveProperty("annotations");
  });
});

describe("workloads", () => {
  it("are those that read the Secret, or just those that are named, each once, by name", async () => {
    const { deploy, workloads, db } = await inNamespace();
    for (const [name, secret] of [
      ["web", "db"],
      ["api", "db"],
      ["job", "other"],
      ["idle", "other"],
    ] as const) {
      await deploy(name, reading(secret));
    }
    const found = (choice: WorkloadChoice) => workloads.cached(db, choice).map(({ ref }) => ref.name);
    expect(found(AUTO)).toEqual(["api", "web"]);
    expect(found(deployments("web", "job", "web", "nobody"))).toEqual(["job", "web"]);
  });
});

describe("StatefulSets and DaemonSets", () => {
  it("are restarted as Deployments are, and told apart from one of the same name", async () => {
    const { make, workloads, db, deploy } = await inNamespace();
    await deploy("web", reading("db"));
    const statefulSet = await make("StatefulSet", "web", reading("db"));
    const daemonSet = await make("DaemonSet", "web", reading("db"));
    const kinds = () => workloads.cached(db, AUTO).map(({ ref, restartToken }) => [ref.kind, restartToken]);
    expect(kinds()).toEqual([
      ["DaemonSet", undefined],
      ["Deployment", undefined],
      ["StatefulSet", undefined],
    ]);
    await workloads.restart(db, statefulSet, "v1", signal);
    await workloads.restart(db, daemonSet, "v2", signal);
    expect(kinds()).toEqual([
      ["DaemonSet", "v2"],
      ["Deployment", undefined],
      ["StatefulSet", "v1"],
    ]);
  });

  it("own their pods themselves, and are named with their kind", async () => {
    const { make, readers, deploy, workloads, db } = await inNamespace();
    const { kind, name } = await make("StatefulSet", "web", reading("db"));
    await deploy("web", reading("other"));
    const named = { kind: "Names", names: [{ kind, name }] } as const;
    expect(workloads.cached(db, named).map(({ ref }) => ref.kind)).toEqual(["StatefulSet"]);
    await vi.waitFor(async () =>
      expect(await readers()).toMatchObject([
        { name: "web-0", owner: { kind: "StatefulSet", name: "web" }, createdAt: expect.any(Number) },
      ]),
    );
    expect((await readers(named)).map((pod) => pod.name)).toEqual(["web-0"]);
    expect((await readers(deployments("web"))).map((pod) => pod.name)).not.toContain("web-0");
  });
});

describe("a selector", () => {
  const selector: WorkloadChoice = { kind: "Selector", selector: { matchLabels: { team: "a" } } };

  it("chooses by the labels of workloads, whatever they read, and their pods", async () => {
    const { make, workloads, db, readers } = await inNamespace();
    await make("StatefulSet", "ours", reading("other"), { team: "a" });
    await make("StatefulSet", "theirs", reading("db"), { team: "b" });
    expect(workloads.cached(db, selector).map(({ ref }) => ref.name)).toEqual(["ours"]);
    await vi.waitFor(async () =>
      expect((await readers(selector)).map(({ name }) => name)).toEqual(["ours-0"]),
    );
  });

  it("does not lose sight of readers whose workload is gone", async () => {
    const { make, readers, forget } = await inNamespace();
    await make("StatefulSet", "gone", reading("db"), { team: "a" });
    await vi.waitFor(async () => expect(await readers(selector)).toHaveLength(1));
    forget("StatefulSet", "gone");
    expect(await readers(selector)).toHaveLength(1);
  });
});

describe("pods", () => {
  it("of a Deployment are known by their owner, before they start and when they run", async () => {
    const { deploy, readers, setStatus } = await inNamespace();
    await deploy("web", reading("db"));
    const pod = await vi.waitFor(async () => {
      const [first] = await readers();
      if (first === undefined) throw new Error("the Deployment has no pod yet");
      return first;
    });
    expect(pod).toMatchObject({
      owner: { kind: "Deployment", name: "web" },
      terminating: false,
      ready: false,
    });
    expect(pod).not.toHaveProperty("startedAt");
    await setStatus(pod.name, {
      phase: "Running",
      containerStatuses: [
        {
          name: "web",
          image: "web",
          imageID: "",
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: STARTED } },
        },
      ],
      conditions: [{ type: "Ready", status: "True" }],
    });
    expect(await readers()).toMatchObject([{ startedAt: Date.parse(STARTED), ready: true }]);
  });

  it("that have ended or read something else are left out", async () => {
    const { createPod, readers, setStatus } = await inNamespace();
    await createPod("ended", reading("db"));
    await setStatus("ended", { phase: "Succeeded" });
    await createPod("other", reading("other"));
    await createPod("lone", reading("db"));
    expect(await readers()).toMatchObject([
      { name: "lone", owner: { kind: "other", text: "no controller" } },
    ]);
  });

  it("of a named Deployment are there whatever they read", async () => {
    const { deploy, readers } = await inNamespace();
    await deploy("web", reading("other"));
    await vi.waitFor(async () => expect(await readers(deployments("web"))).toHaveLength(1));
    expect(await readers(AUTO)).toEqual([]);
  });
});
