import { join } from "node:path";
import { parseRotatedSecret, type SpecFault } from "@rotated-secrets/operator/api/rotated-secret";
import { parseSecretAccessPolicy } from "@rotated-secrets/operator/api/secret-access-policy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import {
  MISSHAPEN,
  MISTAKEN_POLICIES,
  MISTAKEN_SECRETS,
  MISTAKEN_TARGETS,
  policy,
  RIGHT_SECRETS,
} from "./specs.ts";

const CRDS = join(import.meta.dirname, "../../crds");

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  const applied = await cluster.kubectl(["apply", "--server-side", "--validate=strict", "-f", CRDS]);
  expect(applied, "the CRDs are accepted without a warning").toMatchObject({ status: 0, stderr: "" });
  // A new CRD has `conditions: null`, and kubectl fails on that.
  const established = ["wait", "crd", "--all", "--for=condition=Established"];
  await eventually("the CRDs are established", async () =>
    (await cluster.kubectl(established)).status === 0 ? true : undefined,
  );
});
afterAll(() => cluster?.stop());

function manifest(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: "rotatedsecrets.dev/v1alpha1", kind, metadata: { name }, spec });
}

async function apply(kind: string, name: string, spec: object, ...options: string[]) {
  return await cluster.kubectl(
    ["apply", "--server-side", "--validate=strict", ...options, "-f", "-"],
    manifest(kind, name, spec),
  );
}

/** The operator's problems with a resource of this spec. */
function operatorSays(kind: string, spec: object): readonly string[] {
  const metadata = {
    name: "a",
    namespace: "a",
    uid: "a",
    resourceVersion: "1",
    generation: 1,
    creationTimestamp: "2026-01-31T15:04:05Z",
  };
  const object = { metadata, spec };
  const parsed = kind === "RotatedSecret" ? parseRotatedSecret(object) : parseSecretAccessPolicy(object);
  if (parsed.kind !== "valid") return parsed.problems;
  const faults: readonly SpecFault[] = "faults" in parsed.resource ? (parsed.resource.faults ?? []) : [];
  return faults.flatMap(({ problems }) => problems);
}

const MISTAKES = [
  ...MISTAKEN_SECRETS.map((mistake) => ({ kind: "RotatedSecret", mistake })),
  ...MISTAKEN_TARGETS.map((mistake) => ({ kind: "RotatedSecret", mistake })),
  ...MISTAKEN_POLICIES.map((mistake) => ({ kind: "SecretAccessPolicy", mistake })),
].map((one, i) => ({ ...one, name: `mistake-${i}` }));

describe("a mistaken resource is refused by the API server and by the operator in the same words", () => {
  const refusals = new Map<string, string>();

  // One kubectl for all of them: a process for each would take minutes.
  beforeAll(async () => {
    const manifests = MISTAKES.map(({ kind, name, mistake: [, spec] }) => manifest(kind, name, spec));
    const options = ["--server-side", "--validate=strict", "--dry-run=server", "-f", "-"];
    const { stderr } = await cluster.kubectl(["apply", ...options], manifests.join("\n---\n"));
    for (const refusal of stderr.split(/^(?=Error from server)/m))
      refusals.set(/"([^"]+)" is invalid/.exec(refusal)?.[1] ?? "", refusal);
  });

  it.each(MISTAKES)("$kind: $mistake.0", ({ kind, name, mistake: [, spec, field, message] }) => {
    const refusal = refusals.get(name) ?? "accepted";
    expect(refusal).toContain(`${field}: Invalid value`);
    expect(refusal).toContain(message);
    expect(refusal.match(/Invalid value/g), refusal).toHaveLength(1);
    const [problem = "", ...others] = operatorSays(kind, spec);
    // For zod, a key of a map is a field like any other.
    expect(problem.startsWith(`${field.replace(/\[([A-Za-z]+)\]/, ".$1")}: `), problem).toBe(true);
    expect(problem).toContain(message);
    expect(others).toEqual([]);
  });

  // The operator never sees this name, because zod drops it from maps.
  it.each([
    ["template", { template: JSON.parse('{"__proto__":"x"}') }, "name each template by a key of a Secret"],
    ["rename", { keys: { rename: JSON.parse('{"__proto__":"x"}') } }, "a field __proto__ cannot be renamed"],
  ])("a %s of __proto__", async (_, target, message) => {
    const spec = { secretId: "a", target };
    const { status, stderr } = await apply("RotatedSecret", "mistake", spec, "--dry-run=server");
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });
});

describe("a resource of the wrong shape is refused", () => {
  it.each(MISSHAPEN)("%s", async (_, kind, spec, message) => {
    const { status, stderr } = await apply(kind, "mistake", spec, "--dry-run=server");
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(operatorSays(kind, spec)).not.toEqual([]);
  });

  it("a misspelt field", async () => {
    const { status, stderr } = await apply(
      "RotatedSecret",
      "mistake",
      { secretId: "a", rotaton: {} },
      "--dry-run=server",
    );
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining("rotaton") });
  });
});

describe("a correct RotatedSecret is accepted without a warning", () => {
  it.each(RIGHT_SECRETS)("%s", async (_, spec) => {
    expect(await apply("RotatedSecret", "right", spec, "--dry-run=server")).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect(operatorSays("RotatedSecret", spec)).toEqual([]);
  });
});

describe("a correct SecretAccessPolicy", () => {
  it.each([
    ["one namespace", policy({ namespaces: { matchLabels: { "kubernetes.io/metadata.name": "payments" } } })],
    [
      "every namespace",
      policy({
        namespaces: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "Exists" }] },
      }),
    ],
  ])("of %s is accepted", async (_, spec) => {
    const { status, stderr } = await apply("SecretAccessPolicy", "right", spec, "--dry-run=server");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(operatorSays("SecretAccessPolicy", spec)).toEqual([]);
  });
});

describe("a RotatedSecret that exists", () => {
  const spec = {
    secretId: "prod/payments/db",
    rotation: { trigger: "Schedule", schedule: { every: "30d" } },
  };

  beforeAll(async () => {
    expect(await apply("RotatedSecret", "payments-db", spec)).toMatchObject({ status: 0 });
  });

  it.each([
    [
      "another secret",
      { ...spec, secretId: "prod/orders/db" },
      "secretId is immutable: delete this RotatedSecret",
    ],
    [
      "a region where there was none",
      { ...spec, region: "eu-west-1" },
      "region is immutable: delete this RotatedSecret",
    ],
    [
      "another target",
      { ...spec, target: { name: "db" } },
      "target.name is immutable: delete this RotatedSecret",
    ],
    [
      "another type",
      { ...spec, target: { type: "kubernetes.io/tls" } },
      "target.type is immutable, like the type of a Secret",
    ],
    ["another mode", { ...spec, target: { mode: "Merge" } }, "target.mode is immutable"],
  ])("refuses %s", async (_, change, message) => {
    const { status, stderr } = await apply("RotatedSecret", "payments-db", change, "--force-conflicts");
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });

  it.each([
    ["the name that its target has anyway", { ...spec, target: { name: "payments-db" } }],
    ["the mode that its target has anyway", { ...spec, target: { mode: "Own" } }],
    ["the type that its target has anyway", { ...spec, target: { type: "Opaque" } }],
    [
      "a template with texts, a default and filters",
      {
        ...spec,
        target: { template: { A: "{{ a + ':' + b.0 | default '}}' | base64url }} {{ . | dotenv }}" } },
      },
    ],
    ["other keys and labels", { ...spec, target: { keys: { exclude: ["a"] }, labels: { team: "a" } } }],
    ["another schedule", { ...spec, rotation: { trigger: "External" } }],
  ])("takes %s", async (_, change) => {
    expect(await apply("RotatedSecret", "payments-db", change, "--dry-run=server")).toMatchObject({
      status: 0,
    });
  });

  it("is stored as it was written", async () => {
    const { stdout } = await cluster.kubectl(["get", "rsec", "payments-db", "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ spec });
    expect(JSON.parse(stdout).spec).toEqual(spec);
  });

  it("does not look ready to kstatus before the operator has seen it", async () => {
    const { stdout } = await cluster.kubectl(["get", "rsec", "payments-db", "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      metadata: { generation: 1 },
      status: {
        observedGeneration: -1,
        conditions: [
          {
            type: "Ready",
            status: "Unknown",
            reason: "Pending",
            message: "no operator has processed this resource yet: kubectl get pods -n rotated-secrets",
          },
        ],
      },
    });
  });

  it("is shown by its columns", async () => {
    const status = {
      secretName: "payments-db",
      identity: "ServiceAccount/app",
      currentVersion: "59e8b130-0000-4000-8000-000000000001",
      nextRotation: "suspended",
      workloads: { progress: "2/5", total: 5, settled: 2 },
    };
    const patch = [
      "patch",
      "rsec",
      "payments-db",
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ];
    expect(await cluster.kubectl(patch)).toMatchObject({ status: 0 });
    const { stdout } = await cluster.kubectl(["get", "rsec", "-o", "wide"]);
    const [columns = "", row = ""] = stdout.split("\n").map((line) => line.trim());
    expect(columns.split(/ {2,}/)).toEqual([
      ...["NAME", "READY", "CURRENT", "REASON", "WORKLOADS", "AWS SECRET", "LAST ROTATION", "NEXT", "AGE"],
      ...["TARGET", "VERSION", "IDENTITY"],
    ]);
    expect(row).toMatch(/^payments-db +Unknown +Pending +2\/5 +prod\/payments\/db +suspended /);
    expect(row).toMatch(/ payments-db +59e8b130-0000-4000-8000-000000000001 +ServiceAccount\/app$/);
    const [narrow = ""] = (await cluster.kubectl(["get", "rsec"])).stdout.split("\n");
    expect(narrow).not.toContain("TARGET");
  });

  it("is not listed with the Secrets", async () => {
    const secret = ["create", "secret", "generic", "core", "--from-literal=a=b"];
    expect(await cluster.kubectl(secret)).toMatchObject({ status: 0 });
    const { stdout } = await cluster.kubectl(["get", "secrets", "-o", "name"]);
    expect(stdout).toBe("secret/core\n");
    expect((await cluster.kubectl(["get", "all", "-o", "name"])).stdout).not.toContain("rotatedsecret");
  });
});

describe("a SecretAccessPolicy in the cluster", () => {
  it("shows by its columns what it allows", async () => {
    const spec = {
      ...{ namespaces: { matchLabels: { team: "payments" } }, secrets: ["arn:*:secret:prod/payments/*"] },
      ...{ actions: ["Read"], identities: ["ServiceAccount"], roles: ["*"] },
    };
    const policy = {
      apiVersion: "rotatedsecrets.dev/v1alpha1",
      kind: "SecretAccessPolicy",
      metadata: { name: "payments" },
    };
    const made = await cluster.kubectl(["create", "-f", "-"], JSON.stringify({ ...policy, spec }));
    expect(made).toMatchObject({ status: 0 });
    const { stdout } = await cluster.kubectl(["get", "secretaccesspolicies"]);
    const [names, values] = stdout.split("\n").map((line) => line.split(/ {2,}/).map((name) => name.trim()));
    expect(names).toEqual(["NAME", "NAMESPACES", "SECRETS", "ACTIONS", "IDENTITIES", "AGE"]);
    expect(values?.slice(0, 5)).toEqual([
      ...["payments", '{"matchLabels":{"team":"payments"}}', '["arn:*:secret:prod/payments/*"]'],
      ...['["Read"]', '["ServiceAccount"]'],
    ]);
  });
});

describe("kubectl explain", () => {
  it.each([
    ["rsec", "Rotates one secret in AWS Secrets Manager, copies it into one Secret"],
    ["rsec.spec.rotation", "Schedule: the operator starts them by the schedule below."],
    ["rsec.spec.target.type", "kubernetes.io/tls needs tls.crt and tls.key"],
    ["rsec.spec.target.template", "url escapes for any part of a URL"],
    ["rsec.spec.target.deletionPolicy", "Default: Retain."],
    ["rsec.spec.rotation.schedule.every", "From 1m to 1000d."],
    ["rsec.status.conditions", "The reason for the status and the required action, for people."],
    ["secretaccesspolicy.spec", "The allowed namespaces"],
  ])("explains %s", async (path, sentence) => {
    const { stdout } = await cluster.kubectl(["explain", path]);
    expect(stdout.replace(/\s+/g, " ")).toContain(sentence);
  });
});
