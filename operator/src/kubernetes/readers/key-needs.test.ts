import { describe, expect, it } from "vitest";
import { cronJobSchema, keyNeedsOf } from "./key-needs.ts";
import { podSchema } from "./pod.ts";
import { watchedDeployment } from "./watched-deployment.ts";

const metadata = {
  name: "web",
  namespace: "shop",
  uid: "u",
  resourceVersion: "1",
  generation: 1,
  creationTimestamp: "2026-11-20T12:00:00Z",
};
const env = (key: string, more: object = {}) => ({
  env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key, ...more } } }],
});
const container = (more: object) => ({ containers: [{ name: "web", ...more }] });
const volume = (more: object) => ({ ...container({}), volumes: [{ name: "v", ...more }] });
const items = [{ key: "ca.crt", path: "ca" }];

const deployment = (spec: object) =>
  watchedDeployment({ metadata, spec: { template: { spec } }, status: {} });
const cronJob = (spec: object) =>
  cronJobSchema.parse({ metadata, spec: { jobTemplate: { spec: { template: { spec } } } } });
const pod = (spec: object, more: object = {}) =>
  podSchema.parse({ metadata: { ...metadata, ...more }, spec });
const controller = { controller: true, uid: "r", kind: "ReplicaSet", apiVersion: "apps/v1", name: "web-5f" };

describe("the keys that readers need", () => {
  it.each<[string, object, readonly string[]]>([
    ["an environment variable", container(env("password")), ["password"]],
    ["an optional environment variable", container(env("password", { optional: true })), []],
    ["one of another Secret", container(env("password", { name: "other" })), []],
    ["envFrom, which takes what there is", container({ envFrom: [{ secretRef: { name: "db" } }] }), []],
    ["an init container", { ...container({}), initContainers: [{ name: "i", ...env("ca") }] }, ["ca"]],
    ["a volume's items", volume({ secret: { secretName: "db", items } }), ["ca.crt"]],
    ["an optional volume's items", volume({ secret: { secretName: "db", optional: true, items } }), []],
    ["a whole volume", volume({ secret: { secretName: "db" } }), []],
    [
      "a projected volume's items",
      volume({ projected: { sources: [{ secret: { name: "db", items } }] } }),
      ["ca.crt"],
    ],
    [
      "an optional projected source",
      volume({ projected: { sources: [{ secret: { name: "db", optional: true, items } }] } }),
      [],
    ],
    [
      "one key, optional here and needed there",
      {
        containers: [
          { name: "a", ...env("x", { optional: true }) },
          { name: "b", ...env("x") },
        ],
      },
      ["x"],
    ],
    [
      "imagePullSecrets, whose key the Secret's type asks for",
      { ...container({}), imagePullSecrets: [{ name: "db" }] },
      [],
    ],
  ])("by %s", (_, spec, keys) => {
    const readers = { workloads: [deployment(spec)], cronJobs: [], pods: [] };
    expect(keyNeedsOf("db", readers)).toEqual(keys.map((key) => ({ key, reader: "Deployment web" })));
  });

  it("name each reader once: workloads, CronJobs, and pods by their owner", () => {
    const spec = container(env("password"));
    const readers = {
      workloads: [deployment(spec)],
      cronJobs: [cronJob(spec)],
      pods: [
        pod(spec, { name: "web-5f-1", labels: { "pod-template-hash": "5f" }, ownerReferences: [controller] }),
        pod(container(env("old")), {
          name: "web-5f-2",
          labels: { "pod-template-hash": "5f" },
          ownerReferences: [controller],
        }),
        pod(spec, { name: "debug" }),
        pod(spec, { name: "gone", deletionTimestamp: "2026-11-20T12:00:00Z" }),
      ],
    };
    expect(keyNeedsOf("db", readers)).toEqual([
      { key: "password", reader: "Deployment web" },
      { key: "password", reader: "CronJob web" },
      { key: "old", reader: "Deployment web" },
      { key: "password", reader: "pod debug" },
    ]);
  });
});
