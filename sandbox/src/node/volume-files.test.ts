import { describe, expect, it } from "vitest";
import type { VolumeSpec } from "./kubernetes-types.ts";
import { tokenProjections, volumeContent, volumeReferences } from "./volume-files.ts";

const sources = {
  secret: (name: string) =>
    name === "db" ? { user: Buffer.from("ann"), pass: Buffer.from([0, 255]) } : undefined,
  configMap: (name: string) => (name === "app" ? { mode: Buffer.from("fast") } : undefined),
  field: (path: string) => (path === "metadata.labels" ? 'app="web"' : undefined),
  token: () => "token-text",
};

function contentOf(volume: Omit<VolumeSpec, "name">) {
  const content = volumeContent({ name: "v", ...volume }, sources);
  if (content.kind !== "files") return content;
  return Object.fromEntries(
    [...content.files].map(([path, file]) => [path, [file.content.toString("latin1"), file.mode]]),
  );
}

describe("volumeContent", () => {
  it.each<{ why: string; volume: Omit<VolumeSpec, "name">; files: Record<string, [string, number]> }>([
    {
      why: "contains every key of a Secret, with unchanged bytes",
      volume: { secret: { secretName: "db" } },
      files: { user: ["ann", 0o644], pass: ["\u0000ÿ", 0o644] },
    },
    {
      why: "contains the selected keys, with their paths and modes",
      volume: {
        secret: {
          secretName: "db",
          defaultMode: 0o400,
          items: [
            { key: "user", path: "a/b" },
            { key: "pass", path: "p", mode: 0o440 },
          ],
        },
      },
      files: { "a/b": ["ann", 0o400], p: ["\u0000ÿ", 0o440] },
    },
    {
      why: "leaves an optional missing Secret empty",
      volume: { secret: { secretName: "none", optional: true } },
      files: {},
    },
    {
      why: "puts the sources of a projected volume together",
      volume: {
        projected: {
          defaultMode: 0o600,
          sources: [
            { secret: { name: "db", items: [{ key: "user", path: "user" }] } },
            { configMap: { name: "app" } },
            { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
            { serviceAccountToken: { path: "token" } },
          ],
        },
      },
      files: {
        user: ["ann", 0o600],
        mode: ["fast", 0o600],
        labels: ['app="web"', 0o600],
        token: ["token-text", 0o600],
      },
    },
  ])("$why", ({ volume, files }) => {
    expect(contentOf(volume)).toEqual(files);
  });

  it.each<[string, Omit<VolumeSpec, "name">]>([
    ['secret "none" not found', { secret: { secretName: "none" } }],
    [
      "references non-existent secret key: k",
      { secret: { secretName: "db", items: [{ key: "k", path: "k" }] } },
    ],
    ['configmap "none" not found', { configMap: { name: "none" } }],
    [
      "configmap references non-existent config key: k",
      { configMap: { name: "app", items: [{ key: "k", path: "k" }] } },
    ],
    ["unsupported fieldPath: x", { downwardAPI: { items: [{ path: "p", fieldRef: { fieldPath: "x" } }] } }],
    [
      "the process node does not support volumes of type nfs; use secret, configMap, projected, downwardAPI or emptyDir",
      { nfs: { path: "/", server: "s" } },
    ],
  ])("is missing: %s", (message, volume) => {
    expect(contentOf(volume)).toEqual({ kind: "missing", message });
  });

  it("is an empty folder for emptyDir", () => {
    expect(contentOf({ emptyDir: {} })).toEqual({ kind: "emptyFolder" });
  });
});

describe("the needs of a volume", () => {
  const volume: VolumeSpec = {
    name: "v",
    projected: {
      sources: [
        { secret: { name: "db" } },
        { configMap: { name: "app" } },
        { serviceAccountToken: { path: "t", audience: "aws" } },
      ],
    },
  };

  it("are the objects of all sources", () => {
    expect(volumeReferences("shop", volume)).toEqual([
      { resource: "secrets", namespace: "shop", name: "db" },
      { resource: "configmaps", namespace: "shop", name: "app" },
    ]);
  });

  it("are the tokens of all sources", () => {
    expect(tokenProjections(volume)).toEqual([{ path: "t", audience: "aws" }]);
  });
});
