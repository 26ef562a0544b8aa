import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { type Cluster, startCluster } from "./cluster.ts";

const CHART = join(import.meta.dirname, "../../charts/rotated-secrets");
const IMAGE = ["--set", "image.repository=registry.example/operator"];

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

const payments = {
  name: "payments",
  namespaces: { matchLabels: { team: "payments" } },
  secrets: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/*"],
  actions: ["Read", "Rotate"],
};
const orders = { ...payments, name: "orders", actions: ["Read"] };
const billing = { ...payments, name: "billing" };

async function helm(command: string[], values: object) {
  const place = [CHART, "--namespace", "operator", "--values", "-"];
  return await cluster.helm([...command, ...place, ...IMAGE], JSON.stringify(values));
}

/** The names of policies and the UIDs of their objects. */
async function policies(): Promise<Record<string, string>> {
  const items = await policyObjects();
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** The names of policies and their actions. */
async function actions(): Promise<Record<string, readonly string[]>> {
  const items = await policyObjects();
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec.actions]));
}

async function policyObjects() {
  const { stdout } = await cluster.kubectl(["get", "secretaccesspolicies", "-o", "json"]);
  const { items } = JSON.parse(stdout) as {
    items: { metadata: { name: string; uid: string }; spec: { actions: string[] } }[];
  };
  return items;
}

/** Makes the CRD of RotatedSecrets one that an older chart has installed. */
async function olderCrd(): Promise<void> {
  const crd = parse(await readFile(join(CHART, "crds/rotatedsecrets.yaml"), "utf8")) as {
    spec: { versions: [{ additionalPrinterColumns: { name: string }[] }] };
  };
  const [version] = crd.spec.versions;
  version.additionalPrinterColumns = version.additionalPrinterColumns.filter(({ name }) => name === "Age");
  const asHelm = ["apply", "--server-side", "--field-manager", "helm", "-f", "-"];
  expect(await cluster.kubectl(asHelm, JSON.stringify(crd))).toMatchObject({ status: 0 });
}

describe("the chart", () => {
  it("passes helm lint", async () => {
    const { status, stdout } = await cluster.helm(["lint", "--strict", CHART]);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("0 chart(s) failed"),
    });
    expect(stdout).not.toMatch(/WARN|ERROR/);
  });

  it.each([
    ["a misspelt value", { setings: {} }, "'setings' not allowed"],
    [
      "a misspelt field of a policy",
      { policies: [{ ...payments, namespaces: { matchLabel: {} } }] },
      "'matchLabel' not allowed",
    ],
    ["an invalid digest", { image: { digest: "latest" } }, "/image/digest"],
    ["a flag with its dashes", { settings: { "--log-level": "debug" } }, "'--log-level' not allowed"],
    [
      "a missing name of the ServiceAccount",
      { serviceAccount: { create: false } },
      "serviceAccount.create=false needs serviceAccount.name",
    ],
    ["half a replica", { replicas: 0.5 }, "/replicas"],
    [
      "a setting that the chart sets itself",
      { settings: { "leader-elect": "false" } },
      "'leader-elect' not allowed",
    ],
    [
      "tokens of all ServiceAccounts",
      { serviceAccountTokens: [{ namespace: "a" }] },
      "missing property 'names'",
    ],
    ["no name of a ServiceAccount", { serviceAccountTokens: [{ namespace: "a", names: [] }] }, "minItems"],
    [
      "two entries of one namespace",
      {
        serviceAccountTokens: [
          { namespace: "a", names: ["one"] },
          { namespace: "a", names: ["two"] },
        ],
      },
      'serviceAccountTokens has the namespace "a" twice: write all its names into one entry',
    ],
  ])("refuses %s", async (_, values, message) => {
    const { status, stderr } = await helm(["template", "try"], values);
    expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining(message) });
  });

  it("refuses to install without a repository of the image", async () => {
    const { status, stderr } = await cluster.helm(["template", "try", CHART]);
    expect(stderr).toContain("image.repository is empty: write the repository of the image that you built");
    expect(status).toBe(1);
  });

  it.each([
    ["", "--disable-sigusr1"],
    ["--max-old-space-size=300", "--disable-sigusr1 --max-old-space-size=300"],
  ])("never lets a signal open the debugger, with the Node options %j", async (nodeOptions, all) => {
    const { stdout } = await helm(["template", "try"], { nodeOptions });
    expect(stdout).toContain(`- name: NODE_OPTIONS\n              value: "${all}"\n`);
  });

  it("passes settings to the operator as flags", async () => {
    const { stdout } = await helm(["template", "try"], {
      settings: { "log-level": "debug", "kube-qps": 20 },
    });
    expect(stdout).toContain('- "--kube-qps=20"\n            - "--log-level=debug"');
  });

  it.each([
    [1, 0],
    [2, 1],
  ])("with %d replicas has %d PodDisruptionBudgets", async (replicas, budgets) => {
    const { stdout } = await helm(["template", "try"], { replicas });
    expect(stdout).toContain(`replicas: ${replicas}\n`);
    expect(stdout.match(/^kind: PodDisruptionBudget$/gm) ?? []).toHaveLength(budgets);
  });

  it("leaves the number of replicas to others on request", async () => {
    const { stdout } = await helm(["template", "try"], { replicas: null });
    expect(stdout).toContain("kind: Deployment");
    expect(stdout).not.toContain("replicas:");
    expect(stdout).toContain("kind: PodDisruptionBudget");
  });

  it("has optional monitoring, with a link to the runbook in each alert", async () => {
    const runbookUrl = "https://wiki.example/runbook";
    const monitoring = { podMonitor: { enabled: true }, prometheusRule: { enabled: true, runbookUrl } };
    const { stdout } = await helm(["template", "try"], { monitoring });
    const [, ...rules] = stdout.split("- alert: ");
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules)
      expect(rule).toContain(`runbook_url: ${runbookUrl}#${rule.split("\n")[0]?.toLowerCase()}\n`);
    expect(stdout).toMatch(/kind: PodMonitor.*honorLabels: true/s);
    const { stdout: unasked } = await helm(["template", "try"], {});
    expect(unasked).not.toContain("monitoring.coreos.com");
  });

  it("lets the operator create tokens of the named ServiceAccounts only, by default of none", async () => {
    expect((await helm(["template", "try"], {})).stdout).not.toContain("resources: [serviceaccounts");
    const { stdout } = await helm(["template", "try"], {
      serviceAccountTokens: [{ namespace: "payments", names: ["app"] }],
    });
    expect(stdout).toContain(
      "    resources: [serviceaccounts/token]\n    resourceNames:\n      - app\n    verbs: [create]",
    );
  });

  it("has unique names for objects of a kind, also with a long release name", async () => {
    const name = "r".repeat(53);
    const place = ["template", name, CHART, "--namespace", "here", "--values", "-", ...IMAGE];
    const values = { serviceAccountTokens: [{ namespace: "here", names: ["app"] }] };
    const { stdout } = await cluster.helm(place, JSON.stringify(values));
    const objects = parseAllDocuments(stdout).flatMap((document) => {
      const object = document.toJS() as {
        kind: string;
        metadata: { name: string; namespace?: string };
      } | null;
      return object === null ? [] : [`${object.kind} ${object.metadata.namespace} ${object.metadata.name}`];
    });
    expect(objects.length).toBeGreaterThan(10);
    expect(new Set(objects).size).toBe(objects.length);
  });

  it("does not let podLabels replace its own labels", async () => {
    const { stdout } = await helm(["template", "try"], {
      podLabels: { "app.kubernetes.io/name": "other", team: "a" },
    });
    for (const document of parseAllDocuments(stdout)) expect(document.errors).toEqual([]);
    expect(stdout).toContain("team: a");
    expect(stdout).not.toContain("app.kubernetes.io/name: other");
  });

  it("prefers the digest to the tag", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const { stdout } = await helm(["template", "try"], { image: { tag: "1", digest } });
    expect(stdout).toContain(`image: "registry.example/operator@${digest}"`);
  });
});

describe("a release", () => {
  it("installs its CRDs and policies of their kinds together", async () => {
    const said = await helm(["install", "rs", "--create-namespace"], {
      policies: [payments, orders, billing],
    });
    expect(said).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(await policies())).toEqual(["billing", "orders", "payments"]);
    expect((await cluster.kubectl(["get", "rsec", "--all-namespaces"])).status).toBe(0);
  });

  it.each([
    ["first", [payments, orders], ["orders", "payments"]],
    ["second", [payments], ["payments"]],
  ])(
    "removes a policy that is missing from its %s upgrade, and leaves the others unchanged",
    async (_, values, names) => {
      const before = await policies();
      expect(await helm(["upgrade", "rs"], { policies: values })).toMatchObject({ status: 0, stderr: "" });
      expect(await policies()).toEqual(Object.fromEntries(names.map((name) => [name, before[name]])));
    },
  );

  it("has the policies of its first revision after a rollback to it", async () => {
    const uid = (await policies()).payments;
    const changed = { ...payments, actions: ["Read"] };
    expect(await helm(["upgrade", "rs"], { policies: [changed, billing] })).toMatchObject({ status: 0 });
    expect(await actions()).toEqual({ billing: ["Read", "Rotate"], payments: ["Read"] });
    expect(await cluster.helm(["rollback", "rs", "1", "--namespace", "operator"])).toMatchObject({
      status: 0,
    });
    expect(await actions()).toEqual({
      billing: ["Read", "Rotate"],
      orders: ["Read"],
      payments: ["Read", "Rotate"],
    });
    expect((await policies()).payments).toBe(uid);
  });

  it("has the policies of its last good revision after an upgrade that fails", async () => {
    // Without a node no pod becomes ready, so only a release without pods is good.
    expect(await helm(["upgrade", "rs"], { replicas: 0, policies: [payments] })).toMatchObject({ status: 0 });
    const before = await policies();
    const waits = ["--rollback-on-failure", "--timeout", "5s"];
    const failing = [{ ...payments, actions: ["Read"] }, orders];
    const { status } = await helm(["upgrade", "rs", ...waits], { policies: failing });
    expect(status).toBe(1);
    expect(await policies()).toEqual(before);
    expect(await actions()).toEqual({ payments: ["Read", "Rotate"] });
  });

  it("upgrades its CRDs, and keeps the newer ones after a rollback", async () => {
    const columns = ["get", "crd", "rotatedsecrets.rotatedsecrets.dev", "-o"];
    const path = "jsonpath={.spec.versions[0].additionalPrinterColumns[*].name}";
    const ours = (await cluster.kubectl([...columns, path])).stdout;
    await olderCrd();
    expect((await cluster.kubectl([...columns, path])).stdout).toBe("Age");
    expect(await helm(["upgrade", "rs"], {})).toMatchObject({ status: 0, stderr: "" });
    expect((await cluster.kubectl([...columns, path])).stdout).toBe(ours);
    expect(await cluster.helm(["rollback", "rs", "--namespace", "operator"])).toMatchObject({ status: 0 });
    expect((await cluster.kubectl([...columns, path])).stdout).toBe(ours);
    expect(await cluster.kubectl(["get", "rsec", "--all-namespaces"])).toMatchObject({ status: 0 });
  });

  it("leaves its CRDs to others on request", async () => {
    const { stdout } = await helm(["template", "rs", "--is-upgrade"], {});
    expect(stdout.match(/^kind: CustomResourceDefinition$/gm)).toHaveLength(2);
    const without = await helm(["template", "rs", "--is-upgrade"], { crds: { upgrade: false } });
    expect(without.stdout).not.toContain("CustomResourceDefinition");
  });

  it("does not change policies of others", async () => {
    const { name, ...spec } = orders;
    const other = {
      apiVersion: "rotatedsecrets.dev/v1alpha1",
      kind: "SecretAccessPolicy",
      metadata: { name },
      spec,
    };
    await cluster.kubectl(["create", "-f", "-"], JSON.stringify(other));
    const before = await policies();
    expect(await helm(["upgrade", "rs"], { policies: [payments] })).toMatchObject({ status: 0, stderr: "" });
    expect(await policies()).toEqual(before);
    expect(await cluster.kubectl(["delete", "secretaccesspolicy", name])).toMatchObject({ status: 0 });
  });

  it("has a pod that meets the restricted pod security standard", async () => {
    const pods = async () => (await cluster.kubectl(["get", "pods", "-n", "operator", "-o", "name"])).stdout;
    await expect.poll(pods, { timeout: 10_000 }).not.toBe("");
    const label = ["label", "namespace", "operator", "pod-security.kubernetes.io/enforce=restricted"];
    expect(await cluster.kubectl([...label, "--dry-run=server"])).toMatchObject({ status: 0, stderr: "" });
  });

  it("leaves CRDs and RotatedSecrets on uninstall, and removes its policies", async () => {
    const resource = {
      apiVersion: "rotatedsecrets.dev/v1alpha1",
      kind: "RotatedSecret",
      metadata: { name: "a" },
    };
    await cluster.kubectl(["apply", "-f", "-"], JSON.stringify({ ...resource, spec: { secretId: "a" } }));
    expect(await cluster.helm(["uninstall", "rs", "--namespace", "operator"])).toMatchObject({ status: 0 });
    expect(await policies()).toEqual({});
    expect((await cluster.kubectl(["get", "rsec", "-o", "name"])).stdout).toBe(
      "rotatedsecret.rotatedsecrets.dev/a\n",
    );
  });

  it("can be installed again over the CRDs that it left behind", async () => {
    expect(await helm(["install", "rs"], { policies: [payments] })).toMatchObject({ status: 0, stderr: "" });
    expect(Object.keys(await policies())).toEqual(["payments"]);
  });
});
