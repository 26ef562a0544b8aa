import { inspect } from "node:util";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";
import { KubernetesTargetSecrets } from "@rotated-secrets/operator/kubernetes/target-secrets/target-secrets";
import { watchedResources } from "@rotated-secrets/operator/kubernetes/watched-resources";
import { SecretData } from "@rotated-secrets/operator/ports/secret-data";
import {
  Conflict,
  type SecretWriteRequest,
  type TargetSecret,
} from "@rotated-secrets/operator/ports/target-secrets";
import { WriteRefused } from "@rotated-secrets/operator/ports/write-refused";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "./cluster.ts";

const signal = new AbortController().signal;
const FIRST = parseVersionId("0f1e2d3c-0000-4000-8000-000000000001");
const SECOND = parseVersionId("0f1e2d3c-0000-4000-8000-000000000002");
const PLANTED = "planted-correct-horse";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());

const dataOf = (values: Readonly<Record<string, string>>) =>
  new SecretData(new Map(Object.entries(values).map(([key, text]) => [key, Buffer.from(text)])));

/** A namespace with the adapter, and the other actions of the tests. */
async function inNamespace() {
  const namespace = await cluster.namespace();
  const target = { namespace, name: "db" };
  const path = `/api/v1/namespaces/${namespace}/secrets/db`;
  const watched = watchedResources({ region: "eu-west-1", failed: () => {} });
  const secrets = new KubernetesTargetSecrets({
    client: cluster.client,
    store: watched.secrets.store,
    lentStore: watched.lentSecrets.store,
    owners: { nameOf: (_, uid) => (uid === "rival-uid" ? "rival" : undefined) },
  });
  const request = (more: Partial<SecretWriteRequest> = {}): SecretWriteRequest => ({
    target,
    type: "Opaque",
    data: dataOf({ password: "one" }),
    versionId: FIRST,
    documentForm: "object",
    metadata: { labels: {}, annotations: {}, deletedWithOwner: false, hash: undefined },
    owner: { name: "db", uid: "owner" },
    dataHistory: [{ version: FIRST, time: 1_700_000_000_123 }],
    over: undefined,
    ...more,
  });
  return {
    target,
    path,
    secrets,
    request,
    apply: (more?: Partial<SecretWriteRequest>) => secrets.apply(request(more), signal).then(present),
    read: () => secrets.read(target, signal).then(present),
    /** Another person's hand: a merge patch by kubectl-edit. */
    edit: (body: object) => cluster.client.patch(path, body, { type: "merge", fieldManager: "kubectl-edit" }),
    create: (more: object = {}) =>
      cluster.client.create(`/api/v1/namespaces/${namespace}/secrets`, {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "db" },
        ...more,
      }),
  };
}

function present(secret: TargetSecret) {
  if (secret.kind === "absent") throw new Error("the Secret is absent");
  return secret;
}

describe("a target Secret", () => {
  it("is absent before the first write, and then whole", async () => {
    const { secrets, target, apply, request } = await inNamespace();
    expect(await secrets.read(target, signal)).toEqual({ kind: "absent" });
    expect(secrets.cached(target)).toBeUndefined();
    const written = await apply();
    expect(written).toMatchObject({
      managedBy: "rotated-secrets",
      ownerUid: "owner",
      versionId: FIRST,
      dataHistory: request().dataHistory,
      dataManagers: [{ manager: "rotated-secrets", keys: ["password"] }],
    });
    expect(written.data.reveal()).toEqual({ password: Buffer.from("one").toString("base64") });
  });

  it("names the RotatedSecret that wrote it, as long as that exists", async () => {
    const { secrets, target, apply, read } = await inNamespace();
    const over = await apply({ owner: { name: "rival", uid: "rival-uid" } });
    expect([over.ownerName, (await read()).ownerName]).toEqual(["rival", "rival"]);
    expect(secrets.cached(target)).toMatchObject({ ownerUid: "rival-uid", ownerName: "rival" });
    const gone = await apply({ over, owner: { name: "gone", uid: "gone-uid" } });
    expect(gone).toMatchObject({ ownerUid: "gone-uid" });
    expect(gone).not.toHaveProperty("ownerName");
  });

  it("is in the cache as soon as it is written", async () => {
    const { secrets, target, apply } = await inNamespace();
    const over = await apply();
    expect(secrets.cached(target)).toMatchObject({ versionId: FIRST });
    await apply({ over, versionId: SECOND });
    expect(secrets.cached(target)).toMatchObject({ versionId: SECOND });
  });

  it("loses a key that the next version has not, also when it was this operator that created it", async () => {
    const { apply } = await inNamespace();
    const over = await apply({ data: dataOf({ username: "app", password: "one" }) });
    const next = await apply({ over, data: dataOf({ password: "two" }) });
    expect(next.data.keys).toEqual(["password"]);
  });

  it("does not change when the same is written again", async () => {
    const { apply } = await inNamespace();
    const first = await apply();
    expect((await apply({ over: first })).resourceVersion).toBe(first.resourceVersion);
  });

  it("of others keeps their label and their keys, and is found all the same", async () => {
    const { apply, edit, read, secrets, target, path } = await inNamespace();
    const labels = { "app.kubernetes.io/managed-by": "Helm" };
    const upgrade = (theirs: string) => {
      const chart = { apiVersion: "v1", kind: "Secret", metadata: { name: "db", labels }, data: { theirs } };
      return cluster.client.apply(path, chart, { fieldManager: "helm", force: false });
    };
    await upgrade("b25l");
    const metadata = {
      labels: {},
      annotations: {},
      deletedWithOwner: false,
      hash: undefined,
      leavesLabel: true,
    };
    const merged = await apply({ over: await read(), metadata });
    expect(merged).toMatchObject({ managedBy: "Helm", hasOwnLabel: true });
    expect(merged.data.keys).toEqual(["password", "theirs"]);
    expect(secrets.cached(target)).toMatchObject({ managedBy: "Helm" });
    await edit({ metadata: { labels: { more: "x" } } });
    const next = await apply({ over: await read(), metadata, data: dataOf({ token: "two" }) });
    expect(next.data.keys).toEqual(["theirs", "token"]);
    await expect(upgrade("dHdv")).resolves.toBeDefined();
  });

  it("is created by one of many who try at once, and never overwritten", async () => {
    const { request, secrets, create } = await inNamespace();
    const attempts = [1, 2, 3, 4, 5, 6].map((n) =>
      secrets.apply(request({ data: dataOf({ password: String(n) }) }), signal),
    );
    const outcomes = await Promise.allSettled([...attempts, create()]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a Secret that is not what was judged", () => {
  it("is not overwritten where none was expected", async () => {
    const { create, apply, read } = await inNamespace();
    await create({ data: { theirs: "eA==" } });
    await expect(apply()).rejects.toThrow(Conflict);
    expect((await read()).data.keys).toEqual(["theirs"]);
  });

  it("is not overwritten after it was changed", async () => {
    const { apply, edit } = await inNamespace();
    const over = await apply();
    await edit({ data: { extra: "eA==" } });
    await expect(apply({ over, versionId: SECOND })).rejects.toThrow(Conflict);
  });

  it("is not created again after it was deleted", async () => {
    const { apply, secrets, target, path } = await inNamespace();
    const over = await apply();
    await cluster.client.delete(path);
    await expect(apply({ over, versionId: SECOND })).rejects.toThrow(Conflict);
    expect(await secrets.read(target, signal)).toEqual({ kind: "absent" });
    await expect(secrets.removeKeys(target, ["password"], over, signal)).rejects.toThrow(Conflict);
  });

  it("is left alone where it was deleted and made again", async () => {
    const { apply, create, path, read } = await inNamespace();
    const over = await apply();
    await cluster.client.delete(path);
    await create();
    await expect(apply({ over, versionId: SECOND })).rejects.toThrow(Conflict);
    expect(await read()).not.toHaveProperty("versionId");
  });
});

describe("keys of others", () => {
  it("stay through an apply, are named with their manager, and go by removeKeys", async () => {
    const { apply, edit, read, secrets, target } = await inNamespace();
    await apply();
    await edit({ data: { "tls.key": "eA==", "a-b_c": "eA==" } });
    const over = await read();
    expect(over.dataManagers).toContainEqual(
      expect.objectContaining({
        manager: "kubectl-edit",
        keys: ["a-b_c", "tls.key"],
        time: expect.any(Number),
      }),
    );
    const applied = await apply({ over });
    expect(applied.data.keys).toEqual(["a-b_c", "password", "tls.key"]);
    const cleaned = await secrets.removeKeys(target, ["tls.key", "a-b_c"], applied, signal);
    expect(present(cleaned).data.keys).toEqual(["password"]);
    expect(present(cleaned)).toMatchObject({ versionId: FIRST, managedBy: "rotated-secrets" });
    expect(secrets.cached(target)).toMatchObject({ resourceVersion: present(cleaned).resourceVersion });
  });

  it("stay when the Secret was changed since", async () => {
    const { apply, edit, read, secrets, target } = await inNamespace();
    const over = await apply();
    await edit({ data: { extra: "eA==" } });
    await expect(secrets.removeKeys(target, ["extra"], over, signal)).rejects.toThrow(Conflict);
    expect((await read()).data.keys).toEqual(["extra", "password"]);
  });

  it("lose to ours where they are the same key", async () => {
    const { apply, edit, read } = await inNamespace();
    await apply();
    await edit({ data: { password: "eA==" } });
    const over = await read();
    const corrected = await apply({ over });
    expect(corrected.data.includes(dataOf({ password: "one" }))).toBe(true);
    expect(corrected.dataManagers).toEqual([expect.objectContaining({ manager: "rotated-secrets" })]);
  });
});

describe("a Secret that is taken over", () => {
  it("keeps its owner's consent, labels and keys, and gets ours", async () => {
    const { create, read, apply } = await inNamespace();
    await create({
      metadata: { name: "db", labels: { team: "shop" }, annotations: { "rotatedsecrets.dev/adopt": "db" } },
      data: { password: "eA==", old: "eA==" },
    });
    const over = await read();
    expect(over).toMatchObject({ adopt: "db", dataHistory: [] });
    expect(over).not.toHaveProperty("managedBy");
    const taken = await apply({ over });
    expect(taken).toMatchObject({
      uid: over.uid,
      adopt: "db",
      managedBy: "rotated-secrets",
      versionId: FIRST,
    });
    expect(taken.data.keys).toEqual(["old", "password"]);
  });
});

describe("labels, annotations and the owner", () => {
  const metadata = (more: Partial<SecretWriteRequest["metadata"]> = {}) => ({
    labels: {},
    annotations: {},
    deletedWithOwner: false,
    hash: undefined,
    ...more,
  });

  it("come with an apply, go with one that has them no more, and those of others stay", async () => {
    const { apply, edit, read } = await inNamespace();
    await apply({
      metadata: metadata({
        labels: { team: "a" },
        annotations: { note: "b" },
        deletedWithOwner: true,
        hash: "one",
      }),
    });
    await edit({ metadata: { labels: { theirs: "x" } } });
    const over = await read();
    expect(over.metadata).toEqual({
      labels: { team: "a", theirs: "x" },
      annotations: { note: "b" },
      owners: ["owner"],
      hash: "one",
    });
    const next = await apply({ over, metadata: metadata() });
    expect(next.metadata).toEqual({ labels: { theirs: "x" }, annotations: {}, owners: [], hash: undefined });
    expect(next).toMatchObject({ managedBy: "rotated-secrets", versionId: FIRST, ownerUid: "owner" });
  });

  it("leave another owner of an adopted Secret next to the operator", async () => {
    const { target, create, read, apply } = await inNamespace();
    // An owner that exists: Kubernetes deletes an object whose owners do not exist.
    const owner = await cluster.client.create(`/api/v1/namespaces/${target.namespace}/configmaps`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x" },
    });
    const { uid = "" } = owner.metadata;
    const other = { apiVersion: "v1", kind: "ConfigMap", name: "x", uid, controller: true };
    await create({ metadata: { name: "db", ownerReferences: [other] } });
    const taken = await apply({
      over: await read(),
      metadata: metadata({ deletedWithOwner: true, hash: "one" }),
    });
    expect([...taken.metadata.owners].sort()).toEqual([uid, "owner"].sort());
  });
});

describe("a Secret of another type", () => {
  it.each([
    ["kubernetes.io/tls", { "tls.crt": "C", "tls.key": "K" }],
    ["kubernetes.io/dockerconfigjson", { ".dockerconfigjson": "{}" }],
    ["kubernetes.io/basic-auth", { password: "x" }],
    ["kubernetes.io/ssh-auth", { "ssh-privatekey": "K" }],
  ])("%s is taken by the API server with what the operator holds for enough", async (type, values) => {
    const { apply } = await inNamespace();
    expect(await apply({ type, data: dataOf(values) })).toMatchObject({ type, managedBy: "rotated-secrets" });
  });
});

/** The HTTP status behind an error of the adapter. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof Conflict || error instanceof WriteRefused) return statusOf(error.cause);
  return error instanceof ApiError ? error.status : undefined;
}

describe("an error of a write", () => {
  /** Data as no code of ours makes it, to be refused in every way. */
  class BadData extends SecretData {
    readonly #raw: Readonly<Record<string, string>>;
    constructor(raw: Readonly<Record<string, unknown>>) {
      super(new Map());
      this.#raw = raw as Readonly<Record<string, string>>;
    }
    override reveal() {
      return this.#raw;
    }
  }
  const base64 = Buffer.from(PLANTED).toString("base64");

  it.each<[number, string, SecretData, Partial<SecretWriteRequest>]>([
    [422, "a key that Kubernetes does not take", dataOf({ "bad key": PLANTED }), {}],
    [422, "another type", dataOf({ password: PLANTED }), { type: "kubernetes.io/tls" }],
    [500, "text that is not base64", new BadData({ password: PLANTED }), {}],
    [500, "data that is not a map of texts", new BadData({ password: { [PLANTED]: base64 } }), {}],
    [
      409,
      "a stale resourceVersion",
      dataOf({ password: PLANTED }),
      { over: { uid: "u", resourceVersion: "3" } },
    ],
  ])("holds no value: %i for %s", async (status, _, data, more) => {
    const { apply } = await inNamespace();
    const over = await apply();
    const error = await apply({ over, data, ...more }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(statusOf(error)).toBe(status);
    const shown = [
      inspect(error, { depth: null, showHidden: true }),
      JSON.stringify(error),
      String(error),
    ].join();
    expect(shown).not.toContain(PLANTED);
    expect(shown).not.toContain(base64);
  });
});
