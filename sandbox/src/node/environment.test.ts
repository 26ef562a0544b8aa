import { describe, expect, it } from "vitest";
import { environmentReferences, resolveEnvironment } from "./environment.ts";
import type { ContainerSpec } from "./kubernetes-types.ts";

const secrets: Record<string, Record<string, Buffer>> = {
  db: { user: Buffer.from("ann"), pass: Buffer.from("$(USER)") },
};
const configMaps: Record<string, Record<string, Buffer>> = { app: { mode: Buffer.from("fast") } };
const sources = {
  namespace: "shop",
  secret: (name: string) => secrets[name],
  configMap: (name: string) => configMaps[name],
  field: (path: string) => ({ "metadata.name": "web-0" })[path],
};

function resolve(container: Omit<ContainerSpec, "name">) {
  return resolveEnvironment({ name: "main", ...container }, sources);
}

describe("resolveEnvironment", () => {
  it.each<{ why: string; container: Omit<ContainerSpec, "name">; variables: Record<string, string> }>([
    {
      why: "expands references to earlier variables, envFrom's included",
      container: {
        envFrom: [{ secretRef: { name: "db" }, prefix: "DB_" }],
        env: [
          { name: "A", value: "$(DB_user)@$(LATER)" },
          { name: "LATER", value: "x" },
        ],
      },
      variables: { DB_user: "ann", DB_pass: "$(USER)", A: "ann@$(LATER)", LATER: "x" },
    },
    {
      why: "does not expand values from objects",
      container: {
        env: [
          { name: "USER", value: "u" },
          { name: "P", valueFrom: { secretKeyRef: { name: "db", key: "pass" } } },
        ],
      },
      variables: { USER: "u", P: "$(USER)" },
    },
    {
      why: "lets env override envFrom",
      container: { envFrom: [{ configMapRef: { name: "app" } }], env: [{ name: "mode", value: "slow" }] },
      variables: { mode: "slow" },
    },
    {
      why: "leaves out optional missing objects",
      container: {
        envFrom: [{ secretRef: { name: "none", optional: true } }],
        env: [
          { name: "A", valueFrom: { secretKeyRef: { name: "none", key: "k", optional: true } } },
          { name: "B", valueFrom: { configMapKeyRef: { name: "app", key: "none", optional: true } } },
        ],
      },
      variables: {},
    },
    {
      why: "reads fields, and treats a variable without a value as empty",
      container: {
        env: [{ name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }, { name: "EMPTY" }],
      },
      variables: { POD: "web-0", EMPTY: "" },
    },
  ])("$why", ({ container, variables }) => {
    expect(resolve(container)).toEqual({ kind: "resolved", variables });
  });

  it.each<[string, Omit<ContainerSpec, "name">]>([
    ['secret "none" not found', { envFrom: [{ secretRef: { name: "none" } }] }],
    [
      'configmap "none" not found',
      { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "none", key: "k" } } }] },
    ],
    [
      "couldn't find key nokey in Secret shop/db",
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "db", key: "nokey" } } }] },
    ],
    [
      "couldn't find key nokey in ConfigMap shop/app",
      { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "app", key: "nokey" } } }] },
    ],
    [
      "unsupported fieldPath: spec.hostname",
      { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "spec.hostname" } } }] },
    ],
  ])("says as a kubelet: %s", (message, container) => {
    expect(resolve(container)).toEqual({ kind: "missing", message });
  });
});

describe("environmentReferences", () => {
  it("lists every object, also optional ones", () => {
    const container: ContainerSpec = {
      name: "main",
      envFrom: [{ configMapRef: { name: "app" } }],
      env: [
        { name: "A", valueFrom: { secretKeyRef: { name: "db", key: "user", optional: true } } },
        { name: "B", value: "x" },
      ],
    };
    expect(environmentReferences("shop", container)).toEqual([
      { resource: "secrets", namespace: "shop", name: "db" },
      { resource: "configmaps", namespace: "shop", name: "app" },
    ]);
  });
});
