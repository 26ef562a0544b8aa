import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { eventually } from "../support/eventually.ts";
import { rotatedSecret } from "../support/manifests.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const CHART = join(import.meta.dirname, "../../charts/rotated-secrets");
const IMAGE = ["--set", "image.repository=registry.example/operator"];
const NAMESPACE = "payments";
const OPERATOR = "system:serviceaccount:operator:rs-rotated-secrets";
const GARBAGE_COLLECTOR = "system:serviceaccount:kube-system:generic-garbage-collector";
const SECRETS = { apiGroups: [""], resources: ["secrets"], verbs: ["create", "update"] };
const WORKLOADS = {
  apiGroups: ["apps"],
  resources: ["deployments", "statefulsets", "daemonsets"],
  verbs: ["patch"],
};
const DEPLOYMENTS = { ...WORKLOADS, resources: ["deployments"] };
const NO_WORKLOADS = { rollout: { workloads: { mode: "None" } } };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  expect(await helm("install", {})).toMatchObject({ status: 0, stderr: "" });
  await cluster.kubectl(["create", "namespace", NAMESPACE]);
  await as("admin").create("first", {});
  await policyHolds();
});
afterAll(() => cluster?.stop());

async function helm(command: "install" | "upgrade", values: object) {
  const place = ["rs", CHART, "--namespace", "operator", "--create-namespace", "--values", "-", ...IMAGE];
  return await cluster.helm([command, ...place], JSON.stringify(values));
}

/** Creates a user of the namespace with the right to write RotatedSecrets and with these rules. */
async function tenant(name: string, ...rules: readonly object[]): Promise<void> {
  const own = {
    apiGroups: ["rotatedsecrets.dev"],
    resources: ["rotatedsecrets"],
    verbs: ["get", "create", "update", "patch", "delete"],
  };
  await user(name, own, ...rules);
}

/** Creates a user of the namespace with these rules, the first of which is for RotatedSecrets. */
async function user(name: string, ...rules: readonly object[]): Promise<void> {
  await bound(name, { kind: "Role", name });
  const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name } };
  await apply({ ...role, rules });
  const mayCreate = ["auth", "can-i", "patch", "rotatedsecrets", "-n", NAMESPACE, "--as", name];
  await eventually(`${name} has these rights`, async () =>
    (await cluster.kubectl(mayCreate)).status === 0 ? true : undefined,
  );
}

async function bound(user: string, role: { readonly kind: string; readonly name: string }): Promise<void> {
  const apiGroup = "rbac.authorization.k8s.io";
  await apply({
    apiVersion: `${apiGroup}/v1`,
    kind: "RoleBinding",
    metadata: { name: `${role.name}-of-${user}` },
    roleRef: { apiGroup, ...role },
    subjects: [{ kind: "User", name: user, apiGroup }],
  });
}

async function apply(object: object): Promise<void> {
  const said = await cluster.kubectl(["apply", "-n", NAMESPACE, "-f", "-"], JSON.stringify(object));
  expect(said, JSON.stringify(object)).toMatchObject({ status: 0 });
}

/** kubectl as this user. */
function as(user: string) {
  const asUser = (args: readonly string[], input?: string) =>
    cluster.kubectl([...args, "-n", NAMESPACE, ...(user === "admin" ? [] : ["--as", user])], input);
  return {
    run: (...args: string[]) => asUser(args),
    create: (name: string, spec: object, ...options: readonly string[]) =>
      asUser(
        ["create", "-f", "-", ...options],
        JSON.stringify(rotatedSecret(NAMESPACE, name, { secretId: "a", ...spec })),
      ),
    patch: (name: string, change: object, ...options: readonly string[]) =>
      asUser(["patch", "rsec", name, "--type=merge", "-p", JSON.stringify(change), ...options]),
  };
}

/** Lets the CRD have every field below rotation and rollout, as one of a later release has some that are unknown today. */
async function fieldsOfLater(): Promise<void> {
  const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
  const add = (field: string) => ({
    op: "add",
    path: `${path}/${field}/x-kubernetes-preserve-unknown-fields`,
    value: true,
  });
  await patchCrd([add("rotation"), add("rollout")]);
}
async function fieldsOfNow(): Promise<void> {
  const path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
  const remove = (field: string) => ({
    op: "remove",
    path: `${path}/${field}/x-kubernetes-preserve-unknown-fields`,
  });
  await patchCrd([remove("rotation"), remove("rollout")]);
}
async function patchCrd(patch: object): Promise<void> {
  const crd = [
    "patch",
    "crd",
    "rotatedsecrets.rotatedsecrets.dev",
    "--type=json",
    "-p",
    JSON.stringify(patch),
  ];
  expect(await cluster.kubectl([...crd, "--field-manager=helm"])).toMatchObject({ status: 0 });
}

/** The names of the cluster's policies and bindings, one per line. */
async function policies(): Promise<string> {
  const kinds = "validatingadmissionpolicies,validatingadmissionpolicybindings";
  return (await cluster.kubectl(["get", kinds, "-o", "name"])).stdout;
}

/** Waits until a new policy is in force. */
async function policyHolds(): Promise<void> {
  await tenant("nobody");
  await eventually("the policy holds", async () =>
    (await tryOut("nobody", {})).stderr.includes("-author") ? true : undefined,
  );
}

const tryOut = (user: string, spec: object) => as(user).create("try", spec, "--dry-run=server");

describe("a new RotatedSecret", () => {
  it("is accepted if its author has the role edit and the right to write RotatedSecrets", async () => {
    await bound("editor", { kind: "ClusterRole", name: "edit" });
    await tenant("editor");
    for (const spec of [{}, NO_WORKLOADS, names("deployment/a", "deployment/b")])
      expect(await tryOut("editor", spec)).toMatchObject({ status: 0, stderr: "" });
  });

  it.each([
    [
      "may not create Secrets",
      [{ ...SECRETS, verbs: ["update", "patch"] }, WORKLOADS],
      {},
      'the operator would write Secret "try" for this RotatedSecret, and you may not create Secrets in namespace "payments": get a ' +
        "Role with the verbs create and update on secrets there",
    ],
    [
      "may only create a Secret with this name, which RBAC cannot express",
      [{ ...SECRETS, resourceNames: ["try"] }, WORKLOADS],
      {},
      "you may not create Secrets",
    ],
    [
      "may not change the Secret",
      [{ ...SECRETS, verbs: ["create", "get"] }, WORKLOADS],
      {},
      'you may not update it in namespace "payments": get a Role with the verb update on secrets (at least on this one)',
    ],
    [
      "may only change another Secret",
      [
        { ...SECRETS, verbs: ["create"] },
        { ...SECRETS, verbs: ["update"], resourceNames: ["try"] },
        WORKLOADS,
      ],
      { target: { name: "other" } },
      'the operator would write Secret "other" for this RotatedSecret, and you may not update it',
    ],
    [
      "may not delete the Secret that would be deleted with it",
      [SECRETS],
      { ...NO_WORKLOADS, target: { deletionPolicy: "Delete" } },
      'Secret "try" would be deleted with this RotatedSecret (spec.target.deletionPolicy), and you may not delete it',
    ],
    [
      "may not patch workloads",
      [SECRETS],
      {},
      'the operator would restart every workload of namespace "payments" that reads Secret "try" (spec.rollout.workloads.mode Auto), and ' +
        "you may not patch all of them: get a Role with the verb patch on deployments, statefulsets, daemonsets there, or write mode: Names with the workloads that you may " +
        "patch, or mode: None",
    ],
    [
      "may only patch Deployments, with mode Auto",
      [SECRETS, DEPLOYMENTS],
      {},
      "you may not patch all of them",
    ],
    [
      "may patch some Deployments, with mode Auto",
      [SECRETS, { ...DEPLOYMENTS, resourceNames: ["a"] }],
      { rollout: { workloads: { mode: "Auto" } } },
      "you may not patch all of them",
    ],
    [
      "may not patch one of the named workloads",
      [SECRETS, { ...DEPLOYMENTS, resourceNames: ["a"] }],
      names("deployment/a", "deployment/b"),
      'the operator would restart deployment/b (spec.rollout.workloads.names), and you may not patch it in namespace "payments": get a ' +
        "Role with the verb patch on it there, or remove it from the names",
    ],
    [
      "names too many workloads to check",
      [SECRETS, { ...DEPLOYMENTS, resourceNames: ["a"] }],
      names(...Array.from({ length: 17 }, (_, i) => `deployment/a${i}`)),
      "spec.rollout.workloads.names has more than 16 workloads, which is more than can be checked one by one: write fewer",
    ],
  ])("is refused if its author %s", async (what, rules, spec, message) => {
    const user = what.replaceAll(/[^a-z]+/g, "-");
    await tenant(user, ...rules);
    const { status, stderr } = await tryOut(user, spec);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^Error from server \(Forbidden\): .*'rs-rotated-secrets-author'/s);
    expect(status).toBe(1);
  });

  it.each([
    ["has exactly the rights for the operator's actions", [SECRETS, WORKLOADS], {}],
    ["may write the Secret, and no workload is restarted", [SECRETS], NO_WORKLOADS],
    [
      "may delete the Secret that is deleted with it",
      [{ ...SECRETS, verbs: ["create", "update", "delete"] }],
      { ...NO_WORKLOADS, target: { deletionPolicy: "Delete" } },
    ],
    [
      "may patch the named workloads",
      [SECRETS, { ...DEPLOYMENTS, resourceNames: ["a", "b"] }],
      names("deployment/a", "deployment/b"),
    ],
    [
      "may patch a named StatefulSet and DaemonSet",
      [SECRETS, { ...WORKLOADS, resources: ["statefulsets", "daemonsets"], resourceNames: ["a"] }],
      names("statefulset/a", "daemonset/a"),
    ],
    [
      "may patch each of the 16 workloads that are checked one by one",
      [SECRETS, { ...DEPLOYMENTS, resourceNames: Array.from({ length: 16 }, (_, i) => `a${i}`) }],
      names(...Array.from({ length: 16 }, (_, i) => `deployment/a${i}`)),
    ],
    [
      "may patch all workloads, and names the most allowed",
      [SECRETS, WORKLOADS],
      names(...Array.from({ length: 50 }, (_, i) => `deployment/a${i}`)),
    ],
    ["may patch the Secret, but not update it", [{ ...SECRETS, verbs: ["create", "patch"] }], NO_WORKLOADS],
  ])("is accepted if its author %s", async (what, rules, spec) => {
    const user = what.replaceAll(/[^a-z]+/g, "-");
    await tenant(user, ...rules);
    expect(await tryOut(user, spec)).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a RotatedSecret that exists", () => {
  const secretless = "writes RotatedSecrets only".replaceAll(" ", "-");

  beforeAll(async () => {
    await tenant(secretless);
    await tenant("secrets-only", SECRETS);
    const selector = { matchLabels: { app: "a" } };
    const selected = { rollout: { workloads: { mode: "Selector", selector } } };
    for (const [name, spec] of Object.entries({
      db: NO_WORKLOADS,
      selected,
      named: names("deployment/a", "deployment/b"),
    }))
      expect(await as("admin").create(name, spec)).toMatchObject({ status: 0 });
  });

  it.each([
    [
      "asks for a rotation",
      secretless,
      { metadata: { annotations: { "rotatedsecrets.dev/rotate": "now" } } },
    ],
    ["suspends it", secretless, { spec: { suspend: true } }],
    [
      "changes its schedule",
      secretless,
      { spec: { rotation: { trigger: "Schedule", schedule: { every: "30d" } } } },
    ],
    ["waits longer for restarts", secretless, { spec: { rollout: { timeout: "20m" } } }],
    ["labels it", secretless, { metadata: { labels: { team: "payments" } } }],
  ])("accepts every author who %s", async (_, user, change) => {
    expect(await as(user).patch("db", change, "--dry-run=server")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each([
    ["allow-key-removal", "password"],
    ["accept-source", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"],
  ])("gets no consent by %s of an author who may not write its Secret", async (name, text) => {
    const consent = { metadata: { annotations: { [`rotatedsecrets.dev/${name}`]: text } } };
    const refused = await as(secretless).patch("db", consent, "--dry-run=server");
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("you may not create Secrets"),
    });
    const { status } = await as("secrets-only").patch("db", consent, "--dry-run=server");
    expect(status).toBe(0);
  });

  it.each([
    ["as another ServiceAccount", { auth: { serviceAccountName: "orders" } }],
    ["as the operator again", { auth: null }],
  ])("may not be read %s if the author may not write its Secret", async (_, spec) => {
    const made = { ...NO_WORKLOADS, auth: { serviceAccountName: "payments" } };
    const name = `of-${spec.auth === null ? "nobody" : spec.auth.serviceAccountName}`;
    expect(await as("admin").create(name, made)).toMatchObject({ status: 0 });
    const { status, stderr } = await as(secretless).patch(name, { spec }, "--dry-run=server");
    expect(stderr).toContain("you may not create Secrets");
    expect(status).toBe(1);
  });

  it("restarts no workload that its author may not restart", async () => {
    const change = { spec: { rollout: { workloads: { mode: "Auto" } } } };
    for (const user of [secretless, "secrets-only"]) {
      const { status, stderr } = await as(user).patch("db", change, "--dry-run=server");
      expect(stderr).toContain("you may not patch all of them");
      expect(status).toBe(1);
    }
  });

  it("keeps the workloads that others chose when an author without rights on them writes it", async () => {
    expect(await as(secretless).patch("first", { spec: { suspend: true } })).toMatchObject({ status: 0 });
  });

  it.each([
    ["a field below rotation that is not known to be harmless", { rotation: { revoke: "now" } }],
    ["a field below rollout that is not known to be harmless", { rollout: { onFailure: "Hold" } }],
  ])("counts %s as a change of its Secret", async (_, spec) => {
    // The API server drops fields that the CRD does not have, before it evaluates policies.
    await fieldsOfLater();
    const { status, stderr } = await as(secretless).patch("db", { spec }, "--dry-run=server");
    expect(stderr).toContain("you may not create Secrets");
    expect(status).toBe(1);
    await fieldsOfNow();
  });

  it.each([
    ["first", "None", { mode: "None" }],
    ["first", "Names", { mode: "Names", names: ["deployment/a"] }],
    ["selected", "another selector", { mode: "Selector", selector: { matchLabels: { app: "b" } } }],
  ])(
    "lets an author leave out workloads only with permission to restart them: %s to %s",
    async (name, _, workloads) => {
      const change = { spec: { rollout: { workloads } } };
      await tenant("one-deployment", { ...DEPLOYMENTS, resourceNames: ["a"] });
      const { status, stderr } = await as("one-deployment").patch(name, change, "--dry-run=server");
      expect(stderr).toMatch(/it would leave some of them with an old value|would restart every workload/);
      expect(status).toBe(1);
      await tenant("all-workloads", WORKLOADS);
      expect(await as("all-workloads").patch(name, change, "--dry-run=server")).toMatchObject({ status: 0 });
    },
  );

  it.each([
    ["adds a name", ["deployment/a", "deployment/b", "deployment/c"], "would restart deployment/c"],
    ["removes a name", ["deployment/a"], "would no longer restart deployment/b"],
    ["replaces a name", ["deployment/b", "deployment/c"], "would restart deployment/c"],
    ["replaces a mode", undefined, "would no longer restart deployment/a"],
  ])("checks the workloads that an author touches who %s", async (_, wanted, message) => {
    const workloads = wanted === undefined ? { mode: "None", names: null } : { mode: "Names", names: wanted };
    const change = { spec: { rollout: { workloads } } };
    const { status, stderr } = await as(secretless).patch("named", change, "--dry-run=server");
    expect(stderr).toContain(message);
    expect(status).toBe(1);
    await tenant("three", { ...DEPLOYMENTS, resourceNames: ["a", "b", "c"] });
    expect(await as("three").patch("named", change, "--dry-run=server")).toMatchObject({ status: 0 });
  });

  it("needs no permission for a named workload that stays", async () => {
    await tenant("only-b", { ...DEPLOYMENTS, resourceNames: ["b"] });
    const change = { spec: { rollout: { workloads: { names: ["deployment/a"] } } } };
    expect(await as("only-b").patch("named", change, "--dry-run=server")).toMatchObject({ status: 0 });
  });

  it("lets the operator write status, and the garbage collector clean up", async () => {
    // Unlike the operator, kubectl reads the object before it patches it.
    await tenant(OPERATOR, {
      apiGroups: ["rotatedsecrets.dev"],
      resources: ["rotatedsecrets/status"],
      verbs: ["get"],
    });
    const status = { status: { observedGeneration: 1 } };
    expect(await as(OPERATOR).patch("db", status, "--subresource=status", "--dry-run=server")).toMatchObject({
      status: 0,
      stderr: "",
    });
    const owners = { metadata: { ownerReferences: [], finalizers: [] } };
    expect(await as(GARBAGE_COLLECTOR).patch("db", owners, "--dry-run=server")).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});

describe("the deletion of a RotatedSecret", () => {
  const DANGLING = {
    apiVersion: "v1",
    kind: "ConfigMap",
    name: "gone",
    uid: "0c1d0000-0000-4000-8000-000000000000",
  };
  const owned = { metadata: { ownerReferences: [DANGLING] } };
  const writes = (...verbs: string[]) => ({
    apiGroups: ["rotatedsecrets.dev"],
    resources: ["rotatedsecrets"],
    verbs,
  });

  beforeAll(async () => {
    for (const [name, deletionPolicy] of [
      ["kept", "Retain"],
      ["lost", "Delete"],
    ] as const)
      expect(await as("admin").create(name, { ...NO_WORKLOADS, target: { deletionPolicy } })).toMatchObject({
        status: 0,
      });
    await user("patches", writes("get", "patch"));
    await user("deletes", writes("get", "patch", "delete", "deletecollection", "list"));
    await user("deletes-secret", writes("get", "patch", "delete"), {
      ...SECRETS,
      verbs: ["delete"],
      resourceNames: ["lost"],
    });
  });

  it.each([
    ["patches", "kept", 'you may not delete RotatedSecret "kept"'],
    ["deletes", "lost", 'Secret "lost" would be deleted with RotatedSecret "lost"'],
  ])("by other owners is refused to a user who only %s: %s", async (name, resource, message) => {
    const { status, stderr } = await as(name).patch(resource, owned, "--dry-run=server");
    expect(stderr).toContain(message);
    expect(status).toBe(1);
  });

  it.each([
    ["deletes", "kept"],
    ["deletes-secret", "lost"],
    [GARBAGE_COLLECTOR, "lost"],
  ])("by other owners is allowed for %s: %s", async (name, resource) => {
    expect(await as(name).patch(resource, owned, "--dry-run=server")).toMatchObject({ status: 0 });
  });

  it("takes the permission to delete a Secret that goes with it", async () => {
    const refused = [
      ["delete", "rsec", "lost"],
      ["delete", "rsec", "--all"],
    ];
    for (const args of refused) {
      const { stderr } = await as("deletes").run(...args, "--dry-run=server");
      expect(stderr).toContain('Secret "lost" would be deleted with RotatedSecret "lost"');
    }
    expect(await as("deletes").run("delete", "rsec", "kept", "--dry-run=server")).toMatchObject({
      status: 0,
    });
    expect(await as("deletes-secret").run("delete", "rsec", "lost", "--dry-run=server")).toMatchObject({
      status: 0,
    });
  });

  it("is not held up when the namespace is deleted", async () => {
    await cluster.kubectl(["create", "namespace", "doomed"]);
    const spec = { secretId: "a", ...NO_WORKLOADS, target: { deletionPolicy: "Delete" } };
    const made = JSON.stringify(rotatedSecret("doomed", "db", spec));
    expect(await cluster.kubectl(["create", "-f", "-"], made)).toMatchObject({ status: 0 });
    expect(await cluster.kubectl(["delete", "namespace", "doomed", "--timeout=30s"])).toMatchObject({
      status: 0,
    });
  });
});

describe("an emergency rotation", () => {
  const request = { metadata: { annotations: { "rotatedsecrets.dev/emergency-rotate": "leak-1" } } };
  const verb = { apiGroups: ["rotatedsecrets.dev"], resources: ["rotatedsecrets"], verbs: ["emergency"] };

  it("takes a verb of its own", async () => {
    await tenant("on-call", { ...verb, resourceNames: ["db"] });
    const { status, stderr } = await as("secrets-only").patch("db", request, "--dry-run=server");
    expect(stderr).toContain("get a Role with the verb emergency on rotatedsecrets there");
    expect(status).toBe(1);
    expect(await as("on-call").patch("db", request)).toMatchObject({ status: 0 });
    expect((await as("on-call").patch("kept", request, "--dry-run=server")).status).toBe(1);
  });

  it("does not hinder other changes, or the removal of the request", async () => {
    const labelled = { metadata: { labels: { a: "b" } } };
    const removed = { metadata: { annotations: { "rotatedsecrets.dev/emergency-rotate": null } } };
    const again = { metadata: { annotations: { "rotatedsecrets.dev/emergency-rotate": "leak-2" } } };
    for (const change of [labelled, removed])
      expect(await as("secrets-only").patch("db", change, "--dry-run=server")).toMatchObject({ status: 0 });
    expect((await as("secrets-only").patch("db", again, "--dry-run=server")).status).toBe(1);
  });

  it("is refused also for a new RotatedSecret", async () => {
    await tenant("author", SECRETS);
    const { annotations } = request.metadata;
    const made = JSON.stringify(
      rotatedSecret(NAMESPACE, "new", { secretId: "a", ...NO_WORKLOADS }, annotations),
    );
    const { stderr } = await cluster.kubectl(
      ["create", "--dry-run=server", "--as", "author", "-f", "-"],
      made,
    );
    expect(stderr).toContain("the verb emergency");
  });
});

describe("the policy", () => {
  it("checks exactly the kinds that the operator may patch", async () => {
    const { stdout } = await cluster.helm(["template", "rs", CHART, ...IMAGE]);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Rendered | null);
    const role = objects.find(
      (object) => object?.kind === "ClusterRole" && object.metadata.name === "rs-rotated-secrets",
    );
    const rules = role?.rules ?? [];
    const patched = rules.filter(
      ({ apiGroups, verbs }) => apiGroups.includes("apps") && verbs.includes("patch"),
    );
    const policy = objects.find((object) => object?.kind === "ValidatingAdmissionPolicy");
    const checked = JSON.stringify(policy?.spec).matchAll(
      /mayPatch\w+","expression":"[^"]*resource\('(\w+)'\)/g,
    );
    expect([...checked].map(([, resource]) => resource)).toEqual(
      patched.flatMap(({ resources }) => resources),
    );
  });

  it("is removed when it is switched off, and comes back", async () => {
    expect(await helm("upgrade", { admission: { enabled: false } })).toMatchObject({ status: 0, stderr: "" });
    expect(await policies()).toBe("");
    await eventually("the policy is no longer in force", async () =>
      (await tryOut("nobody", {})).status === 0 ? true : undefined,
    );

    expect(await helm("upgrade", { admission: { enabled: true } })).toMatchObject({ status: 0, stderr: "" });
    await policyHolds();
  });
});

describe("the ClusterRoles for people", () => {
  const all = ["get", "create", "patch", "delete"];

  it.each([
    ["view", ["get"]],
    ["edit", all],
    ["admin", all],
  ])(
    "let the ClusterRole %s of Kubernetes do this with RotatedSecrets, and nothing with their status: %j",
    async (role, verbs) => {
      await bound(`only-${role}`, { kind: "ClusterRole", name: role });
      const may = async (verb: string, ...resource: string[]) =>
        (await as(`only-${role}`).run("auth", "can-i", verb, ...resource)).status === 0;
      await eventually("the role is aggregated", async () =>
        (await may("get", "rotatedsecrets")) ? true : undefined,
      );
      const allowed: string[] = [];
      for (const verb of [...all, "emergency"]) if (await may(verb, "rotatedsecrets")) allowed.push(verb);
      expect(allowed).toEqual(verbs);
      expect(await may("patch", "rotatedsecrets", "--subresource=status")).toBe(false);
    },
  );

  it("let an author with the ClusterRole edit alone create a RotatedSecret", async () => {
    expect(await tryOut("only-edit", {})).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("a ServiceAccount in spec.auth", () => {
  const asPayments = { ...NO_WORKLOADS, auth: { serviceAccountName: "payments" } };
  const refusal =
    'the operator would call AWS as ServiceAccount "payments" (spec.auth), and you may not act as it';

  it.each([
    ["has no rights on it", []],
    [
      "may create a token of another one",
      [
        {
          apiGroups: [""],
          resources: ["serviceaccounts/token"],
          verbs: ["create"],
          resourceNames: ["orders"],
        },
      ],
    ],
  ])("is refused to an author who %s", async (what, rules) => {
    const user = `token-of-${what.replaceAll(/[^a-z]+/g, "-")}`;
    await tenant(user, SECRETS, ...rules);
    const { status, stderr } = await tryOut(user, asPayments);
    expect(stderr).toContain(refusal);
    expect(status).toBe(1);
  });

  it.each([
    ["may create its token", { resources: ["serviceaccounts/token"], verbs: ["create"] }],
    ["may impersonate it", { resources: ["serviceaccounts"], verbs: ["impersonate"] }],
  ])("is allowed for an author who %s", async (what, rule) => {
    const user = what.replaceAll(" ", "-");
    await tenant(user, SECRETS, { apiGroups: [""], resourceNames: ["payments"], ...rule });
    expect(await tryOut(user, asPayments)).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("the release", () => {
  it("removes its policy on uninstall", async () => {
    expect(await cluster.helm(["uninstall", "rs", "--namespace", "operator"])).toMatchObject({ status: 0 });
    expect(await policies()).toBe("");
  });
});

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly spec?: unknown;
}

function names(...workloads: readonly string[]): object {
  return { rollout: { workloads: { mode: "Names", names: workloads } } };
}
