import { describe, expect, it } from "vitest";
import { watchedResources } from "../watched-resources.ts";
import { KnownResources } from "./known-resources.ts";

let revision = 1;

/** A RotatedSecret as the API server sends it. */
function rotatedSecret(name: string, spec: object, namespace = "shop") {
  revision += 1;
  const metadata = {
    ...{ name, namespace, uid: `uid-${name}`, resourceVersion: String(revision), generation: 1 },
    creationTimestamp: "2026-01-01T00:00:00Z",
    annotations: { "rotatedsecrets.dev/rotate": "now", "kubectl.kubernetes.io/last-applied": "{}" },
  };
  return { metadata, spec, status: {} };
}

function known() {
  const watched = watchedResources({
    region: "eu-west-1",
    failed: (_resource, _object, error) => {
      throw error;
    },
  });
  return { store: watched.rotatedSecrets.store, resources: new KnownResources(watched) };
}

describe("a RotatedSecret", () => {
  it("has its spec resolved and its metadata trimmed when the watch brings it, not at each question", () => {
    const { store, resources } = known();
    store.upsert(rotatedSecret("db", { secretId: "prod/db" }));
    const first = resources.rotatedSecret({ namespace: "shop", name: "db" });
    if (first?.kind !== "valid") throw new Error("the spec is valid");
    expect(first.spec).toMatchObject({ secretId: "prod/db", region: "eu-west-1", targetName: "db" });
    expect(first.resource.metadata.annotations).toEqual({ "rotatedsecrets.dev/rotate": "now" });
    expect(resources.rotatedSecret({ namespace: "shop", name: "db" })).toBe(first);
  });

  it("is found by its UID in its namespace, also when its spec is invalid, until it is gone", () => {
    const { store, resources } = known();
    store.upsert(rotatedSecret("db", { secretId: 7 }));
    expect(resources.nameOf("shop", "uid-db")).toBe("db");
    expect(resources.nameOf("other", "uid-db")).toBeUndefined();
    store.remove(rotatedSecret("db", {}));
    expect(resources.nameOf("shop", "uid-db")).toBeUndefined();
  });
});
