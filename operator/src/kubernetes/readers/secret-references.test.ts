import { describe, expect, it } from "vitest";
import { podSpec } from "./pod-spec.ts";
import { secretUses } from "./secret-references.ts";

const usesOf = (spec: object) => secretUses(podSpec.parse(spec));
const container = (more: object) => ({ containers: [{ name: "web", ...more }] });
const mounted = { containers: [{ name: "web", volumeMounts: [{ name: "v", mountPath: "/v" }] }] };

describe("secretUses", () => {
  it.each<[string, object, { byVolume: boolean; containers: string[] }]>([
    [
      "an environment variable",
      container({ env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "password" } } }] }),
      { byVolume: false, containers: ["web"] },
    ],
    [
      "envFrom",
      container({ envFrom: [{ secretRef: { name: "db" } }] }),
      { byVolume: false, containers: ["web"] },
    ],
    [
      "a Secret volume",
      { ...mounted, volumes: [{ name: "v", secret: { secretName: "db" } }] },
      { byVolume: true, containers: ["web"] },
    ],
    [
      "a projected volume",
      {
        ...mounted,
        volumes: [
          { name: "v", projected: { sources: [{ configMap: { name: "c" } }, { secret: { name: "db" } }] } },
        ],
      },
      { byVolume: true, containers: ["web"] },
    ],
    [
      "a volume that no container mounts, without which the pod does not start all the same",
      { ...container({}), volumes: [{ name: "v", secret: { secretName: "db" } }] },
      { byVolume: true, containers: [] },
    ],
    [
      "an init container",
      { ...container({}), initContainers: [{ name: "prepare", envFrom: [{ secretRef: { name: "db" } }] }] },
      { byVolume: false, containers: ["prepare"] },
    ],
    [
      "several ways at once",
      {
        containers: [
          { name: "a", volumeMounts: [{ name: "v" }] },
          { name: "b", envFrom: [{ secretRef: { name: "db" } }] },
        ],
        volumes: [{ name: "v", secret: { secretName: "db" } }],
      },
      { byVolume: true, containers: ["a", "b"] },
    ],
  ])("finds %s", (_, spec, { byVolume, containers }) => {
    const uses = usesOf(spec);
    expect([...uses.keys()]).toEqual(["db"]);
    expect(uses.get("db")).toMatchObject({ optional: false, byVolume });
    expect([...(uses.get("db")?.containers ?? [])].sort()).toEqual(containers);
  });

  it.each<[string, object]>([
    ["imagePullSecrets", { ...container({}), imagePullSecrets: [{ name: "db" }] }],
    ["a ConfigMap", container({ envFrom: [{ configMapRef: { name: "db" } }] })],
    ["plain values", container({ env: [{ name: "P", value: "db" }] })],
    [
      "a storage driver's credentials",
      { ...container({}), volumes: [{ name: "v", csi: { nodePublishSecretRef: { name: "db" } } }] },
    ],
    [
      "a projected volume of nothing, which the API server writes as null",
      { ...mounted, volumes: [{ name: "v", projected: { sources: null } }] },
    ],
    ["a reference without a name", container({ envFrom: [{ secretRef: { name: "" } }] })],
  ])("does not take %s for a read", (_, spec) => {
    expect(usesOf(spec).size).toBe(0);
  });

  const optional = { secretRef: { name: "db", optional: true } };
  const required = { secretRef: { name: "db" } };
  it.each([
    ["optional when all references are", [optional, optional], true],
    ["required when one reference is", [optional, required], false],
  ])("calls a Secret %s", (_, envFrom, expected) => {
    expect(usesOf(container({ envFrom })).get("db")?.optional).toBe(expected);
  });
});
