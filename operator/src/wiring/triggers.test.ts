import type { KubernetesObject } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { describe, expect, it } from "vitest";
import { watchedResources } from "../kubernetes/watched-resources.ts";
import type { SecretCatalogue, SecretSource } from "../ports/secret-catalogue.ts";
import type { SecretValues } from "../ports/secret-values.ts";
import type { ServiceAccounts } from "../ports/service-accounts.ts";
import { connectTriggers } from "./triggers.ts";

let revision = 1;

/** A RotatedSecret as the API server sends it. */
function rotatedSecret(name: string, spec: object): KubernetesObject {
  revision += 1;
  const metadata = {
    name,
    namespace: "shop",
    uid: `uid-${name}`,
    resourceVersion: String(revision),
    generation: revision,
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  const object = {
    apiVersion: "rotatedsecrets.dev/v1alpha1",
    kind: "RotatedSecret",
    metadata,
    spec,
    status: {},
  };
  return object;
}

const SPEC = { secretId: "prod/db" };
const INVALID = { secretId: 7 };

function connected() {
  const followed = new Set<string>();
  const sources = new Set<(source: SecretSource) => void>();
  const catalogue: SecretCatalogue = {
    follow: ({ secretId }: SecretSource) => void followed.add(secretId),
    unfollow: ({ secretId }: SecretSource) => void followed.delete(secretId),
    cached: () => undefined,
    refresh: () => Promise.reject(new Error("not called")),
    versionCreatedAt: () => Promise.reject(new Error("not called")),
    expectChange: () => {},
    onChange: (listener) => {
      sources.add(listener);
      return () => sources.delete(listener);
    },
  };
  const forgotten: string[] = [];
  const values: SecretValues = {
    cached: () => undefined,
    current: () => Promise.reject(new Error("nobody reads")),
    version: () => Promise.reject(new Error("nobody reads")),
    forget: () => {},
    forgetAllOf: ({ namespace, name }) => void forgotten.push(`${namespace}/${name}`),
  };
  const watched = watchedResources({
    region: "eu-west-1",
    failed: (_resource, _object, error) => {
      throw error;
    },
  });
  const listeners = new Set<(account: { namespace: string; name: string }) => void>();
  const serviceAccounts: Pick<ServiceAccounts, "onChange"> = {
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const woken: string[] = [];
  const enqueue = ({ name }: { name: string }) => void woken.push(name);
  const turns: string[] = [];
  const enqueueAwsSecret = ({ arn }: { arn: string }) => void turns.push(arn);
  const connect = () =>
    connectTriggers({ watched, catalogue, values, serviceAccounts, enqueue, enqueueAwsSecret });
  const disconnect = connect();
  const accountChanged = (name: string) => {
    for (const listener of listeners) listener({ namespace: "shop", name });
  };
  const { workloads } = watched;
  return {
    connect,
    disconnect,
    listenersOfPorts: () => listeners.size + sources.size,
    watched,
    followed,
    forgotten,
    woken,
    turns,
    accountChanged,
    workloads,
    store: watched.rotatedSecrets.store,
  };
}

describe("the triggers", () => {
  it("wake nothing any more after their end, and can be connected again", () => {
    const { connect, disconnect, store, watched, listenersOfPorts, woken, followed } = connected();
    store.upsert(rotatedSecret("one", SPEC));
    disconnect();
    woken.length = 0;
    revision += 1;
    const metadata = { name: "shop", uid: "uid-shop", resourceVersion: String(revision), generation: 1 };
    const created = { ...metadata, creationTimestamp: "2026-01-01T00:00:00Z" };
    watched.namespaces.store.upsert({ metadata: created });
    watched.policies.store.upsert(Object.assign({ metadata: created }, { spec: {} }));
    store.upsert(rotatedSecret("two", { secretId: "prod/other" }));
    expect({ woken, followed: [...followed] }).toEqual({ woken: [], followed: ["prod/db"] });
    expect(listenersOfPorts()).toBe(0);
    connect();
    expect([...new Set(woken)].sort()).toEqual(["one", "two"]);
  });
});

describe("a secret is followed", () => {
  it("as long as a RotatedSecret wants it", () => {
    const { followed, store } = connected();
    store.upsert(rotatedSecret("one", SPEC));
    expect([...followed]).toEqual(["prod/db"]);
    store.remove(rotatedSecret("one", SPEC));
    expect([...followed]).toEqual([]);
  });

  it("until the RotatedSecret cannot be read any more", () => {
    const { followed, store } = connected();
    store.upsert(rotatedSecret("one", SPEC));
    store.upsert(rotatedSecret("one", INVALID));
    expect([...followed]).toEqual([]);
  });

  it("until the RotatedSecret, created again, wants another", () => {
    const { followed, store } = connected();
    store.upsert(rotatedSecret("one", SPEC));
    store.upsert(rotatedSecret("one", { secretId: "prod/other" }));
    expect([...followed]).toEqual(["prod/other"]);
  });

  it("while another RotatedSecret wants it, and while one is changed in other ways", () => {
    const { followed, store } = connected();
    store.upsert(rotatedSecret("one", SPEC));
    store.upsert(rotatedSecret("two", SPEC));
    store.upsert(rotatedSecret("one", INVALID));
    store.upsert(rotatedSecret("two", { ...SPEC, suspend: true }));
    expect([...followed]).toEqual(["prod/db"]);
  });
});

describe("a workload wakes", () => {
  const workload = (secret: string, labels: Record<string, string> = {}, name = "app") => {
    revision += 1;
    const metadata = {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      resourceVersion: String(revision),
      generation: 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
      labels,
    };
    const containers = [{ name: "app", envFrom: [{ secretRef: { name: secret } }] }];
    return { metadata, spec: { template: { spec: { containers } } } };
  };
  const wakes = (happens: (all: ReturnType<typeof connected>) => void) => {
    const all = connected();
    const choosing = (workloads: object) => ({ ...SPEC, rollout: { workloads } });
    all.store.upsert(rotatedSecret("reads", SPEC));
    all.store.upsert(
      rotatedSecret("names", choosing({ mode: "Names", names: ["statefulset/app", "deployment/app"] })),
    );
    const selector = { matchLabels: { team: "a" } };
    all.store.upsert(rotatedSecret("selects", choosing({ mode: "Selector", selector })));
    all.woken.length = 0;
    happens(all);
    return [...new Set(all.woken)].sort();
  };

  it.each(["Deployment", "StatefulSet", "DaemonSet"] as const)("whose Secret it reads, as a %s", (kind) => {
    const woken = wakes(({ workloads }) => workloads[kind].store.upsert(workload("reads", {}, "other")));
    expect(woken).toEqual(["reads"]);
  });

  it("that names it, but not one that names another kind of this name", () => {
    expect(wakes(({ workloads }) => workloads.StatefulSet.store.upsert(workload("none")))).toEqual(["names"]);
    expect(wakes(({ workloads }) => workloads.DaemonSet.store.upsert(workload("none")))).toEqual([]);
  });

  it("that selects it, or did before", () => {
    const other = (labels: Record<string, string>) => workload("none", labels, "other");
    expect(wakes(({ workloads }) => workloads.DaemonSet.store.upsert(other({ team: "a" })))).toEqual([
      "selects",
    ]);
    expect(wakes(({ workloads }) => workloads.DaemonSet.store.upsert(other({ team: "b" })))).toEqual([]);
    const relabelled = wakes(({ workloads: { DaemonSet }, woken }) => {
      DaemonSet.store.upsert(other({ team: "a" }));
      woken.length = 0;
      DaemonSet.store.upsert(other({ team: "b" }));
    });
    expect(relabelled).toEqual(["selects"]);
  });
});

describe("a ServiceAccount that has changed", () => {
  it("wakes those who call AWS in its name, and what was read in its name is forgotten", () => {
    const { store, woken, forgotten, accountChanged } = connected();
    store.upsert(rotatedSecret("one", { ...SPEC, auth: { serviceAccountName: "app" } }));
    store.upsert(rotatedSecret("two", { ...SPEC, auth: { serviceAccountName: "other" } }));
    store.upsert(rotatedSecret("three", SPEC));
    woken.length = 0;
    accountChanged("app");
    expect({ woken, forgotten }).toEqual({ woken: ["one"], forgotten: ["shop/app"] });
  });
});

describe("RotatedSecrets of one AWS secret", () => {
  const secretArn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf";
  const rotation = {
    token: "00000000-0000-4000-8000-000000000002",
    trigger: "Request",
    phase: "Rotating",
    startedAt: "2026-01-01T00:00:00Z",
    attempts: 0,
  };
  const withStatus = (name: string, status: object) => ({ ...rotatedSecret(name, SPEC), status });

  it("hear of each other's rotations: when one is recorded, when it ends, and when its RotatedSecret is deleted", () => {
    const { store, turns } = connected();
    for (const name of ["one", "two"]) store.upsert(withStatus(name, { secretArn }));
    expect(turns).toEqual([]);
    store.upsert(withStatus("one", { secretArn, rotation }));
    expect(turns).toEqual([secretArn]);
    store.upsert(withStatus("one", { secretArn, rotation: { ...rotation, attempts: 1 } }));
    expect(turns).toEqual([secretArn]);
    store.upsert(withStatus("one", { secretArn }));
    expect(turns).toEqual([secretArn, secretArn]);
  });

  it("of which there is only one decide nothing together", () => {
    const { store, turns } = connected();
    store.upsert(withStatus("one", { secretArn }));
    store.upsert(withStatus("one", { secretArn, rotation }));
    expect(turns).toEqual([]);
  });
});
