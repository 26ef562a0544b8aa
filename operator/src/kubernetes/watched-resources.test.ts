import { describe, expect, it } from "vitest";
import { READS_SECRET } from "./readers/watched-workloads.ts";
import { watchedResources } from "./watched-resources.ts";

const metadata = (name: string, resourceVersion = "1") => ({
  name,
  namespace: "shop",
  uid: `uid-${name}`,
  resourceVersion,
  generation: 1,
  creationTimestamp: "2026-01-01T00:00:00Z",
});
const deployment = (name: string, secrets: readonly string[], resourceVersion = "1") => ({
  metadata: metadata(name, resourceVersion),
  spec: {
    template: {
      spec: {
        containers: [{ name: "web", envFrom: secrets.map((secret) => ({ secretRef: { name: secret } })) }],
      },
    },
  },
});
const stores = () => {
  const failures: string[] = [];
  return {
    failures,
    ...watchedResources({
      region: "eu-west-1",
      failed: (resource, { name }) => failures.push(`${resource} ${name}`),
    }),
  };
};

describe("watchedResources", () => {
  it("watches of all Secrets only its own", () => {
    const { secrets, ...others } = stores();
    expect(secrets).toMatchObject({
      path: "/api/v1/secrets",
      selectors: { labelSelector: "app.kubernetes.io/managed-by=rotated-secrets" },
    });
    for (const name of ["rotatedSecrets", "policies", "namespaces"] as const)
      expect(others[name]).not.toHaveProperty("selectors");
    for (const resource of Object.values(others.workloads)) expect(resource).not.toHaveProperty("selectors");
  });

  it("finds workloads by the Secrets that they read, also after that has changed", () => {
    const { store } = stores().workloads.Deployment;
    store.upsert(deployment("web", ["db", "cache"]));
    store.upsert(deployment("worker", ["db"], "2"));
    const readers = (secret: string) => store.byIndex(READS_SECRET, secret).map((one) => one.metadata.name);
    expect(readers("shop/db")).toEqual(["web", "worker"]);
    expect(readers("other/db")).toEqual([]);
    store.upsert(deployment("web", ["cache"], "3"));
    expect(readers("shop/db")).toEqual(["worker"]);
    expect(readers("shop/cache")).toEqual(["web"]);
  });

  it("keeps a RotatedSecret and a policy that cannot be understood, with what is wrong", () => {
    const { rotatedSecrets, policies, failures } = stores();
    rotatedSecrets.store.upsert(Object.assign({ metadata: metadata("db") }, { spec: { secretId: 5 } }));
    policies.store.upsert(Object.assign({ metadata: metadata("all") }, { spec: {} }));
    expect(rotatedSecrets.store.get({ namespace: "shop", name: "db" })?.parsed.kind).toBe("invalid");
    expect(policies.store.list()[0]?.parsed.kind).toBe("invalid");
    expect(failures).toEqual([]);
  });

  it("keeps a namespace's labels, none where it has none", () => {
    const { store } = stores().namespaces;
    const { namespace: _, ...shop } = metadata("shop");
    store.upsert({ metadata: { ...shop, labels: { team: "payments" }, annotations: { large: "text" } } });
    store.upsert({ metadata: { ...shop, name: "bare", resourceVersion: "2" } });
    expect(store.get({ name: "shop" })?.metadata).toMatchObject({ labels: { team: "payments" } });
    expect(store.get({ name: "shop" })?.metadata).not.toHaveProperty("annotations");
    expect(store.get({ name: "bare" })?.metadata.labels).toEqual({});
  });

  it("says which object it could not take", () => {
    const { workloads, failures } = stores();
    workloads.Deployment.store.upsert({ metadata: metadata("broken") });
    expect(failures).toEqual(["deployments broken"]);
  });
});
