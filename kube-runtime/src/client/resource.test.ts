import { describe, expect, it } from "vitest";
import { apiVersionOf, collectionPath, objectPath, type Resource } from "./resource.ts";

const secrets: Resource = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
  scope: "Namespaced",
};
const deployments: Resource = {
  group: "apps",
  version: "v1",
  plural: "deployments",
  kind: "Deployment",
  scope: "Namespaced",
};
const nodes: Resource = { group: "", version: "v1", plural: "nodes", kind: "Node", scope: "Cluster" };

describe("paths", () => {
  it.each([
    [collectionPath(secrets), "/api/v1/secrets"],
    [collectionPath(secrets, "shop"), "/api/v1/namespaces/shop/secrets"],
    [collectionPath(deployments), "/apis/apps/v1/deployments"],
    [
      objectPath(deployments, { namespace: "shop", name: "web" }),
      "/apis/apps/v1/namespaces/shop/deployments/web",
    ],
    [
      objectPath(deployments, { namespace: "shop", name: "web" }, "status"),
      "/apis/apps/v1/namespaces/shop/deployments/web/status",
    ],
    [objectPath(nodes, { name: "one" }), "/api/v1/nodes/one"],
    [
      objectPath(secrets, { namespace: "a/b", name: "../c?d#e" }),
      "/api/v1/namespaces/a%2Fb/secrets/..%2Fc%3Fd%23e",
    ],
    [apiVersionOf(deployments), "apps/v1"],
    [apiVersionOf(secrets), "v1"],
  ])("%s", (path, expected) => {
    expect(path).toBe(expected);
  });

  it.each([
    ["a name that climbs", () => objectPath(secrets, { namespace: "shop", name: ".." })],
    ["a namespace that climbs", () => collectionPath(secrets, "..")],
    ["no name", () => objectPath(secrets, { namespace: "shop", name: "" })],
    ["no namespace", () => objectPath(secrets, { name: "db" })],
    ["a namespace too many", () => objectPath(nodes, { namespace: "shop", name: "one" })],
  ])("are refused for %s", (_, path) => {
    expect(path).toThrow();
  });
});
