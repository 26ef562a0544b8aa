import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { rotatedSecret } from "../support/manifests.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const CHART = join(import.meta.dirname, "../../charts/rotated-secrets");
const IMAGE = ["--set", "image.repository=registry.example/operator"];

const NAME_LABEL = "app.kubernetes.io/name";

interface Rendered {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: object;
  };
  readonly spec?: unknown;
}

interface Deployment extends Rendered {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly object[]; readonly securityContext: object };
    };
  };
}

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

/** The objects of the chart with these values. */
async function rendered(values: object, ...flags: readonly string[]): Promise<readonly Rendered[]> {
  const { stdout, stderr } = await helm(["template", "try", ...flags], values);
  expect(stderr).toBe("");
  return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Rendered | null) ?? []);
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

  it("takes null for every value that has a default of Kubernetes or of the chart", async () => {
    const schema = JSON.parse(await readFile(join(CHART, "values.schema.json"), "utf8")) as {
      properties: object;
      required: string[];
    };
    const optional = Object.keys(schema.properties).filter((name) => !schema.required.includes(name));
    expect(optional).toEqual(
      expect.arrayContaining(["resources", "podSecurityContext", "tolerations", "policies"]),
    );
    const nothing = Object.fromEntries(optional.map((name) => [name, null]));
    expect(await helm(["template", "try"], nothing)).toMatchObject({ status: 0, stderr: "" });
  });

  it("passes the values of the pod on as they are", async () => {
    const values = {
      ...{
        commonLabels: { team: "a", "app.kubernetes.io/name": "other" },
        deploymentAnnotations: { a: "b" },
      },
      ...{ image: { registry: "mirror.example/" }, revisionHistoryLimit: 3, hostNetwork: true },
      ...{ dnsPolicy: "ClusterFirstWithHostNet", dnsConfig: { options: [{ name: "ndots", value: "1" }] } },
      ...{ topologySpreadConstraints: [], serviceAccount: { labels: { b: "c" } } },
      ...{ podSecurityContext: { runAsUser: null, fsGroup: 5 }, probes: { liveness: { timeoutSeconds: 9 } } },
      ...{ extraVolumes: [{ name: "ca", configMap: { name: "proxy-ca" } }] },
      ...{
        extraVolumeMounts: [{ name: "ca", mountPath: "/ca" }],
        extraEnvFrom: [{ configMapRef: { name: "p" } }],
      },
      ...{ podDisruptionBudget: { minAvailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" } },
      ...{
        extraObjects: [
          rotatedSecret("a", "b", { secretId: "c", target: { template: { U: "{{ username }}" } } }),
        ],
      },
    };
    const objects = await rendered(values);
    const labels = objects.map(({ kind, metadata }) => [
      kind,
      metadata.labels?.team,
      metadata.labels?.[NAME_LABEL],
    ]);
    const ours = labels.filter(([kind]) => kind !== "RotatedSecret");
    expect(new Set(ours.map(([, ...both]) => both.join()))).toEqual(new Set(["a,rotated-secrets"]));
    const of = (kind: string) => objects.find((object) => object.kind === kind);
    expect(of("ServiceAccount")?.metadata.labels?.b).toBe("c");
    expect(of("RotatedSecret")).toMatchObject({ spec: { target: { template: { U: "{{ username }}" } } } });
    expect(of("PodDisruptionBudget")?.spec).toMatchObject({
      minAvailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
    const deployment = of("Deployment") as Deployment;
    expect(deployment.metadata.annotations).toEqual({ a: "b" });
    expect(deployment.spec).toMatchObject({
      revisionHistoryLimit: 3,
      template: { metadata: { labels: { team: "a" } } },
    });
    const { containers, ...pod } = deployment.spec.template.spec;
    expect(pod).toMatchObject({
      ...{ hostNetwork: true, dnsPolicy: values.dnsPolicy, dnsConfig: values.dnsConfig },
      ...{ volumes: values.extraVolumes, topologySpreadConstraints: [] },
    });
    expect(pod.securityContext).toEqual({
      ...{ fsGroup: 5, runAsGroup: 65_532, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(containers[0]).toMatchObject({
      ...{ image: "mirror.example/registry.example/operator:0.1.0", envFrom: values.extraEnvFrom },
      volumeMounts: values.extraVolumeMounts,
      livenessProbe: { httpGet: { path: "/healthz" }, timeoutSeconds: 9, failureThreshold: 3 },
    });
  });

  it("lets OpenShift choose the UID, and keeps a UID that is asked for", async () => {
    const openShift = ["--api-versions", "security.openshift.io/v1"];
    const context = async (values: object) =>
      ((await rendered(values, ...openShift)).find(({ kind }) => kind === "Deployment") as Deployment).spec
        .template.spec.securityContext;
    expect(await context({})).toEqual({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(await context({ podSecurityContext: { runAsUser: 1_000_680_000 } })).toMatchObject({
      runAsUser: 1_000_680_000,
    });
  });

  it("lets only the named pods connect, and refuses monitoring that could not", async () => {
    const policy = async (values: object) =>
      (await rendered(values)).find(({ kind }) => kind === "NetworkPolicy")?.spec;
    expect(await policy({})).toMatchObject({ policyTypes: ["Ingress"], ingress: [] });
    const metricsFrom = [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
    ];
    const proxy = { to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ port: 3128 }] };
    const egress = { enabled: true, ports: [8443], extra: [proxy] };
    const both = await policy({ networkPolicy: { metricsFrom, egress } });
    expect(both).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: metricsFrom, ports: [{ port: "http" }] }],
    });
    expect((both as { egress: object[] }).egress).toEqual(
      expect.arrayContaining([{ ports: [{ port: 8443 }] }, proxy]),
    );
    expect(await policy({ networkPolicy: { enabled: false } })).toBeUndefined();
    for (const monitor of ["podMonitor", "serviceMonitor"]) {
      const monitoring = { [monitor]: { enabled: true } };
      const { stderr } = await helm(["template", "try"], { monitoring });
      expect(stderr).toContain("networkPolicy.metricsFrom is empty, so Prometheus could not reach /metrics");
      expect(
        (await rendered({ monitoring, networkPolicy: { metricsFrom } })).map(({ kind }) => kind),
      ).toContain(monitor === "podMonitor" ? "PodMonitor" : "ServiceMonitor");
    }
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
    const networkPolicy = { enabled: false };
    const { stdout } = await helm(["template", "try"], { monitoring, networkPolicy });
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
    expect(said.stdout).toContain("name its pods in the value networkPolicy.metricsFrom");
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

  it("is the only one in a cluster", async () => {
    const place = ["second", CHART, "--namespace", "second", "--create-namespace"];
    const { status, stderr } = await cluster.helm(["install", ...place, ...IMAGE]);
    expect(stderr).toMatch(/only-one-release-per-cluster.* must equal "second": current value is "rs"/s);
    expect(status).toBe(1);
    const objects = ["get", "deployments,clusterroles,validatingadmissionpolicies", "-A", "-o", "name"];
    expect((await cluster.kubectl(objects)).stdout).not.toContain("second");
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
