import { describe, expect, it } from "vitest";
import { metadataHash, resolveTarget } from "./resolved-target.ts";
import type { RotatedSecretSpec } from "./rotated-secret.ts";

type Target = RotatedSecretSpec["target"];

describe("the hash of keys and template", () => {
  const hashOf = (target: Target, name = "db") => resolveTarget(name, target).specHash;

  it.each<[string, Target]>([
    ["nothing", undefined],
    ["the defaults, written out", { keys: { include: ["*"], exclude: [], rename: {} }, template: {} }],
    ["a type alone, which changes no data", { type: "kubernetes.io/tls" }],
    ["labels and the deletion policy", { labels: { a: "b" }, deletionPolicy: "Delete" }],
  ])("is undefined for %s", (_, target) => {
    expect(hashOf(target)).toBeUndefined();
  });

  it("never changes: a release with other hashes would write every such Secret once more", () => {
    const target: Target = {
      keys: { include: ["a", "b"], exclude: ["c"], rename: { a: "d" } },
      template: { URL: "{{ a }}" },
    };
    expect(hashOf(target)).toMatchInlineSnapshot(`"e1a93ed986"`);
  });

  it.each<[string, Target, Target]>([
    ["globs", { keys: { exclude: ["a", "b"] } }, { keys: { exclude: ["b", "a"] } }],
    ["renamed fields", { keys: { rename: { a: "x", b: "y" } } }, { keys: { rename: { b: "y", a: "x" } } }],
    ["templates", { template: { a: "1", b: "2" } }, { template: { b: "2", a: "1" } }],
  ])("is the same for another order of %s", (_, one, other) => {
    expect(hashOf(one)).toBe(hashOf(other));
  });

  it("differs for everything that may change the data", () => {
    const hashes = [
      hashOf({ keys: { exclude: ["a"] } }),
      hashOf({ keys: { include: ["a"] } }),
      hashOf({ keys: { include: [] } }),
      hashOf({ keys: { rename: { a: "b" } } }),
      hashOf({ keys: { rename: { b: "a" } } }),
      hashOf({ template: { a: "b" } }),
      hashOf({ template: { a: "b" }, type: "kubernetes.io/tls" }),
      hashOf({ template: { a: "b" } }, "cache"),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("the hash of a Secret's metadata", () => {
  const nothing = { labels: {}, annotations: {}, deletedWithOwner: false };

  it("is undefined if the spec sets nothing", () => {
    expect(metadataHash(nothing)).toBeUndefined();
  });

  it("differs for everything that the spec can set", () => {
    const hashes = [
      metadataHash({ ...nothing, labels: { a: "b" } }),
      metadataHash({ ...nothing, annotations: { a: "b" } }),
      metadataHash({ ...nothing, labels: { a: "c" } }),
      metadataHash({ ...nothing, deletedWithOwner: true }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
