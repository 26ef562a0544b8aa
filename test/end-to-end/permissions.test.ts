import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ADOPT_ANNOTATION } from "@rotated-secrets/contract/annotations";
import { requestToken } from "@rotated-secrets/contract/rotation-token";
import { parseSecretArn } from "@rotated-secrets/contract/version-id";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import { createDatabaseSecret } from "@rotated-secrets/sandbox/samples/database-secret";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditEntry, auditLog, permissionOf, permissionsOf } from "../support/audit-log.ts";
import { eventually } from "../support/eventually.ts";
import { reader, rotatedSecret } from "../support/manifests.ts";
import { operatorProcess } from "../support/operator-process.ts";
import { secretFacts } from "../support/secret-facts.ts";
import { type Stage, startStage } from "../support/stage.ts";

const NAMESPACE = "permissions";
const OPERATOR = `system:serviceaccount:${OPERATOR_RELEASE}:${OPERATOR_RELEASE}`;
/** Other clients besides the operator: the parts of the cluster, the sandbox's node, and the test with kubectl and helm. */
const OTHERS =
  /^(system:apiserver|system:kube-controller-manager|system:serviceaccount:kube-system:[^:]+|sandbox-node|admin)$/;

let stage: Stage;
let log: readonly AuditEntry[];
let ofOperator: readonly AuditEntry[];

beforeAll(async () => {
  stage = await startStage();
  await everythingThatTheOperatorDoes();
  log = await auditLog(stage);
  ofOperator = log.filter(({ user }) => user.username === OPERATOR);
});
afterAll(() => stage?.stop());

/** Creates a Secret, rotates it, restarts its readers of every kind, adopts another Secret, and corrects it twice. */
async function everythingThatTheOperatorDoes(): Promise<void> {
  const secret = await createDatabaseSecret(stage, { name: "prod/permissions", user: "permissions" });
  const spec = { secretId: secret.name, rotation: { trigger: "Manual" } };
  await stage.kubectl("create", "namespace", NAMESPACE);
  await stage.apply(rotatedSecret(NAMESPACE, "made", spec));
  await stage.settled(NAMESPACE, "made", secret.versionId);
  const kinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;
  await stage.apply(...kinds.map((kind) => reader(NAMESPACE, "web", "made", { kind })));
  for (const kind of kinds)
    await stage.kubectl("rollout", "status", `${kind}/web`, "-n", NAMESPACE, "--timeout=30s");
  const uid = await stage.kubectl("get", "rsec", "made", "-n", NAMESPACE, "-o", "jsonpath={.metadata.uid}");
  await stage.requestRotation(NAMESPACE, "made", "once");
  await stage.settled(NAMESPACE, "made", requestToken(parseSecretArn(secret.arn), uid, "once"));

  await stage.kubectl(
    "create",
    "secret",
    "generic",
    "adopted",
    "-n",
    NAMESPACE,
    "--from-literal=username=else",
  );
  await stage.kubectl("annotate", "secret", "adopted", "-n", NAMESPACE, `${ADOPT_ANNOTATION}=adopted`);
  await stage.apply(rotatedSecret(NAMESPACE, "adopted", { ...spec, rotation: { trigger: "External" } }));
  await stage.condition(NAMESPACE, "adopted", { type: "Current", status: "True" });
  await edited();
  await edited();
}

/** Somebody changes a key and adds one, and the operator puts it right: twice, its second event counts up the first. */
async function edited(): Promise<void> {
  const data = { username: Buffer.from("edited").toString("base64"), foreign: "" };
  await stage.kubectl(
    "patch",
    "secret",
    "adopted",
    "-n",
    NAMESPACE,
    "--type=merge",
    "-p",
    JSON.stringify({ data }),
  );
  await eventually("the edited Secret is right again", async () => {
    const seen = await secretFacts(stage, NAMESPACE, "adopted");
    return seen.data.username?.startsWith("permissions") && seen.data.foreign === undefined
      ? seen
      : undefined;
  });
}

describe("the audit log of a cluster with the operator", () => {
  it("shows no other identity at work", () => {
    const users = new Set(log.map(({ user }) => user.username ?? "nobody"));
    expect([...users].filter((user) => !OTHERS.test(user))).toEqual([OPERATOR]);
  });

  it("shows the operator at work from its own pod only", async () => {
    const pods = ofOperator.map(({ user }) => user.extra?.["authentication.kubernetes.io/pod-name"]?.join());
    expect([...new Set(pods)]).toEqual([(await operatorProcess(stage))?.pod]);
  });

  it("shows no request of the operator that was denied", () => {
    const denied = ofOperator.filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
    expect(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  });

  it("shows every permission of the chart's roles used, and no other", async () => {
    const ofCluster = await stage.get<Role>("clusterrole", OPERATOR_RELEASE);
    const ofNamespace = await stage.get<Role>("role", OPERATOR_RELEASE, "-n", OPERATOR_RELEASE);
    const granted = [...ofCluster.rules, ...ofNamespace.rules].flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((apiGroup) =>
        resources.flatMap((resource) => verbs.map((verb) => permissionOf({ verb, apiGroup, resource }))),
      ),
    );
    const used = new Set(ofOperator.flatMap(permissionsOf));
    expect({
      unused: granted.filter((permission) => !used.has(permission)),
      notOfTheChart: [...used].filter((permission) => !granted.includes(permission)),
    }).toEqual({ unused: [], notOfTheChart: [] });
  });

  it("shows no request for a Lease of others", () => {
    const leases = ofOperator.filter(({ objectRef }) => objectRef?.resource === "leases");
    const named = new Set(leases.map(({ objectRef }) => `${objectRef?.namespace}/${objectRef?.name}`));
    expect([...named]).toEqual([`${OPERATOR_RELEASE}/${OPERATOR_RELEASE}`]);
  });

  it("has no other binding of the operator's account than the chart's", async () => {
    const { items } = await stage.get<{
      items: {
        kind: string;
        metadata: { name: string };
        subjects?: { kind: string; name: string; namespace?: string }[];
      }[];
    }>("clusterrolebindings,rolebindings", "--all-namespaces");
    const ours = items.filter(({ subjects = [] }) =>
      subjects.some(({ kind, namespace }) => kind === "ServiceAccount" && namespace === OPERATOR_RELEASE),
    );
    expect(ours.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      `ClusterRoleBinding ${OPERATOR_RELEASE}`,
      `RoleBinding ${OPERATOR_RELEASE}`,
    ]);
  });
});

describe("a thief of the operator's token", () => {
  const LABELS = { "app.kubernetes.io/managed-by": "rotated-secrets" };
  const secret = (name: string, type: string, labels: object, annotations: object = {}) => ({
    ...{ apiVersion: "v1", kind: "Secret", type },
    metadata: { name, namespace: NAMESPACE, labels, annotations },
  });
  const asOperator = async (args: readonly string[], input?: object) => {
    const file = join(stage.dir, "thief.json");
    await writeFile(file, JSON.stringify(input ?? {}));
    const withInput = input === undefined ? args : [...args, "-f", file];
    return await stage.kubectl(...withInput, "--dry-run=server", "-n", NAMESPACE, "--as", OPERATOR);
  };
  // The operator may not read workloads one by one, as kubectl does for a patch.
  const patched = (kind: string, name: string, patch: object) =>
    asOperator(["patch", kind, name, "--type=merge", "-p", JSON.stringify(patch)]);

  beforeAll(async () => {
    await stage.kubectl("create", "secret", "generic", "foreign", "-n", NAMESPACE, "--from-literal=a=b");
    const role = ["-n", NAMESPACE, "kubectl-reads-before-it-patches"];
    await stage.kubectl(
      "create",
      "role",
      ...role,
      "--verb=get",
      "--resource=deployments.apps,daemonsets.apps",
    );
    await stage.kubectl("create", "rolebinding", ...role, `--role=${role[2]}`, `--user=${OPERATOR}`);
  });

  it.each([
    [
      "get a token of a ServiceAccount",
      secret("token", "kubernetes.io/service-account-token", LABELS, {
        "kubernetes.io/service-account.name": "default",
      }),
      "may not write Secrets of type kubernetes.io/service-account-token",
    ],
    ["create a Secret for others", secret("new", "Opaque", {}), "may only write Secrets with the label"],
  ])("may not %s", async (_, object, message) => {
    await expect(asOperator(["create"], object)).rejects.toThrow(message);
  });

  it("may not change a Secret of others", async () => {
    const change = { metadata: { labels: LABELS }, data: { a: "YQ==" } };
    await expect(patched("secret", "foreign", change)).rejects.toThrow("may not change a Secret of others");
    const unlabelled = { metadata: { labels: { "app.kubernetes.io/managed-by": null } } };
    await expect(patched("secret", "made", unlabelled)).rejects.toThrow(
      "may only write Secrets with the label",
    );
  });

  it.each([
    [
      "run another program",
      { spec: { template: { spec: { containers: [{ name: "app", image: "evil" }] } } } },
    ],
    ["scale a workload", { spec: { replicas: 9 } }],
    ["pause a workload", { spec: { paused: true } }],
    [
      "have a workload deleted",
      { metadata: { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "x", uid: "1" }] } },
    ],
    ["label its pods", { spec: { template: { metadata: { labels: { a: "b" } } } } }],
    [
      "annotate its pods",
      { spec: { template: { metadata: { annotations: { "sidecar.istio.io/inject": "true" } } } } },
    ],
  ])("may not %s", async (_, patch) => {
    await expect(patched("deployment", "web", patch)).rejects.toThrow("may only change annotations");
  });

  it("may restart a workload, also a large one", async () => {
    const env = Array.from({ length: 1_000 }, (_, i) => ({ name: `VARIABLE_${i}`, value: "x".repeat(150) }));
    await stage.apply(reader(NAMESPACE, "large", "made", { replicas: 0, container: { env } }));
    const annotations = { "version.rotatedsecrets.dev/made": "other" };
    const restart = { spec: { template: { metadata: { annotations } } } };
    for (const [kind, name] of [
      ["deployment", "large"],
      ["daemonset", "web"],
    ] as const)
      expect(await patched(kind, name, restart)).toContain("patched");
  });
});

describe("the operator that was at work", () => {
  it("is the bundle, run as the pod of the Deployment that helm installed", async () => {
    const operator = await operatorProcess(stage);
    const commandLine = await readFile(`/proc/${operator?.pid}/cmdline`, "utf8");
    expect(commandLine.split("\0")[1]).toBe((await bundles()).operator);
    const pod = await stage.get<Owned>("pod", operator?.pod ?? "", "-n", OPERATOR_RELEASE);
    const replicaSet = await stage.get<Owned>("replicaset", ownerOf(pod), "-n", OPERATOR_RELEASE);
    const deployment = await stage.get<Owned>("deployment", ownerOf(replicaSet), "-n", OPERATOR_RELEASE);
    expect(deployment.metadata.annotations).toMatchObject({ "meta.helm.sh/release-name": OPERATOR_RELEASE });
    expect(deployment.metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "Helm" });
  });
});

/** A Role or a ClusterRole. */
interface Role {
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** An object that a controller made. */
interface Owned {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly name: string }[];
  };
}

function ownerOf({ metadata }: Owned): string {
  return metadata.ownerReferences?.[0]?.name ?? "";
}
