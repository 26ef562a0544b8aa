import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { describe, expect, it } from "vitest";
import { formatDataHistory, managedSecret, parseDataHistory } from "./managed-secret.ts";

const VALUE = "correct-horse-battery";
const VERSION = parseVersionId("0f1e2d3c-0000-4000-8000-000000000001");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const WRITES = [
  { version: "foreign", time: Date.parse("2026-01-01T00:00:00.250Z") },
  { version: VERSION, time: Date.parse("2026-01-01T00:00:01.007Z") },
] as const;
const metadata = {
  name: "db",
  namespace: "shop",
  uid: "u1",
  resourceVersion: "7",
  creationTimestamp: "2026-01-01T00:00:00Z",
};
const ours = {
  labels: { "app.kubernetes.io/managed-by": "rotated-secrets" },
  annotations: {
    "rotatedsecrets.dev/version-id": VERSION,
    "rotatedsecrets.dev/owner-uid": "owner",
    "rotatedsecrets.dev/writes": formatDataHistory(WRITES),
  },
};

describe("managedSecret", () => {
  it("reads a Secret that the operator wrote", () => {
    const object = { metadata: { ...metadata, ...ours }, type: "Opaque", data: { password: base64(VALUE) } };
    const { secret } = managedSecret(object);
    expect(secret).toMatchObject({
      kind: "present",
      uid: "u1",
      resourceVersion: "7",
      managedBy: "rotated-secrets",
      ownerUid: "owner",
      versionId: VERSION,
      dataHistory: WRITES,
      immutable: false,
    });
    expect(secret.data.reveal()).toEqual(object.data);
    expect(secret).not.toHaveProperty("dataManagers");
  });

  it("reads a Secret of somebody else, with the consent of its owner", () => {
    const { secret } = managedSecret({
      metadata: { ...metadata, annotations: { "rotatedsecrets.dev/adopt": "payments" } },
      type: "kubernetes.io/tls",
      immutable: true,
    });
    expect(secret).toMatchObject({
      type: "kubernetes.io/tls",
      immutable: true,
      adopt: "payments",
      dataHistory: [],
    });
    expect(secret.data.keys).toEqual([]);
    for (const name of ["managedBy", "ownerUid", "versionId"]) expect(secret).not.toHaveProperty(name);
  });

  it("keeps of labels and annotations what a spec may set, and of owners who they are", () => {
    const kubectl = JSON.stringify({ data: { password: base64(VALUE) } });
    const { secret } = managedSecret({
      metadata: {
        ...metadata,
        labels: { ...ours.labels, team: "a", "app.kubernetes.io/name": "shop" },
        annotations: {
          ...ours.annotations,
          "rotatedsecrets.dev/metadata": "0123456789",
          "kubectl.kubernetes.io/last-applied-configuration": kubectl,
          note: "b",
          book: "x".repeat(1_025),
        },
        ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "x", uid: "u2" }],
      },
    });
    expect(secret.metadata).toEqual({
      labels: { team: "a", "app.kubernetes.io/name": "shop" },
      annotations: { note: "b" },
      owners: ["u2"],
      otherOwners: [{ kind: "Pod", name: "x", isController: false }],
      hash: "0123456789",
    });
    expect(JSON.stringify(secret)).not.toContain(base64(VALUE));
  });

  it("names who manages which key", () => {
    const owns = (...keys: string[]) => ({
      "f:data": Object.fromEntries([".", ...keys].map((key) => [key, {}])),
    });
    const managedFields = [
      {
        manager: "rotated-secrets",
        operation: "Apply",
        time: "2026-01-01T00:00:01Z",
        fieldsV1: owns("f:password"),
      },
      { manager: "kubectl-edit", operation: "Update", fieldsV1: owns("f:extra", "f:__proto__") },
      { manager: "labeller", operation: "Update", fieldsV1: { "f:metadata": {} } },
    ];
    expect(managedSecret({ metadata: { ...metadata, managedFields } }).secret.dataManagers).toEqual([
      { manager: "rotated-secrets", keys: ["password"], time: Date.parse("2026-01-01T00:00:01Z") },
      { manager: "kubectl-edit", keys: ["extra", "__proto__"] },
    ]);
  });

  it("sees every key, also one that JavaScript has its own idea of", () => {
    const data = JSON.parse(`{"__proto__": "${base64(VALUE)}", "constructor": "${base64("x")}"}`);
    expect(managedSecret({ metadata, data }).secret.data.keys).toEqual(["__proto__", "constructor"]);
  });

  it.each([
    ["the record", (object: object) => JSON.stringify(managedSecret(object))],
    [
      "the error about a broken object",
      (object: object) => {
        try {
          managedSecret({ ...object, metadata: {}, data: { password: [base64(VALUE)] } });
          return "";
        } catch (error) {
          return String(error);
        }
      },
    ],
  ])("shows no value in %s", (_, show) => {
    const text = show({ metadata, data: { password: base64(VALUE) } });
    expect(text).not.toBe("");
    expect(text).not.toContain(VALUE);
    expect(text).not.toContain(base64(VALUE));
  });
});

describe("parseDataHistory", () => {
  it("reads what formatDataHistory writes, to the millisecond", () => {
    expect(formatDataHistory(WRITES)).toContain('"2026-01-01T00:00:01.007Z"');
    expect(parseDataHistory(formatDataHistory(WRITES))).toEqual(WRITES);
    const hashed = [{ version: VERSION, specHash: "0123456789", time: WRITES[1].time }];
    expect(formatDataHistory(hashed)).toContain('"shape":"0123456789"');
    expect(parseDataHistory(formatDataHistory(hashed))).toEqual(hashed);
  });

  it.each([
    undefined,
    "",
    "[",
    "{}",
    '[{"version":"short","time":"2026-01-01T00:00:00Z"}]',
    '[{"version":"absent","time":"yesterday"}]',
  ])("takes %j for no knowledge at all", (text) => {
    expect(parseDataHistory(text)).toEqual([]);
  });
});
