import { describe, expect, it } from "vitest";
import { metadataHash, resolveTarget } from "./resolved-target.ts";
import type { RotatedSecretSpec } from "./rotated-secret.ts";

type Target = RotatedSecretSpec["target"];

describe("the shape that a spec gives a document", () => {
  const shapeOf = (target: Target, name = "db") => resolveTarget(name, target).shape;

  it.each<[string, Target]>([
    ["nothing", undefined],
    ["the defaults in words", { keys: { include: ["*"], exclude: [], rename: {} }, template: {} }],
    ["a type alone, which changes no data", { type: "kubernetes.io/tls" }],
    ["labels and what becomes of the Secret", { labels: { a: "b" }, deletionPolicy: "Delete" }],
  ])("is none for %s", (_, target) => {
    expect(shapeOf(target)).toBeUndefined();
  });

  it("never changes: a release that made another would write every such Secret once more", () => {
    const target: Target = {
      keys: { include: ["a", "b"], exclude: ["c"], rename: { a: "d" } },
      template: { URL: "{{ a }}" },
    };
    expect(shapeOf(target)).toMatchInlineSnapshot(`"e1a93ed986"`);
  });

  it.each<[string, Target, Target]>([
    ["globs", { keys: { exclude: ["a", "b"] } }, { keys: { exclude: ["b", "a"] } }],
    ["renamed members", { keys: { rename: { a: "x", b: "y" } } }, { keys: { rename: { b: "y", a: "x" } } }],
    ["templates", { template: { a: "1", b: "2" } }, { template: { b: "2", a: "1" } }],
  ])("is the same for another order of %s", (_, one, other) => {
    expect(shapeOf(one)).toBe(shapeOf(other));
  });

  it("differs for everything that may change the data", () => {
    const shapes = [
      shapeOf({ keys: { exclude: ["a"] } }),
      shapeOf({ keys: { include: ["a"] } }),
      shapeOf({ keys: { include: [] } }),
      shapeOf({ keys: { rename: { a: "b" } } }),
      shapeOf({ keys: { rename: { b: "a" } } }),
      shapeOf({ template: { a: "b" } }),
      shapeOf({ template: { a: "b" }, type: "kubernetes.io/tls" }),
      shapeOf({ template: { a: "b" } }, "cache"),
    ];
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});

describe("the hash of a Secret's metadata", () => {
  const nothing = { labels: {}, annotations: {}, deletedWithOwner: false };

  it("is none where nothing is asked for", () => {
    expect(metadataHash(nothing)).toBeUndefined();
  });

  it("differs for all that can be asked for", () => {
    const hashes = [
      metadataHash({ ...nothing, labels: { a: "b" } }),
      metadataHash({ ...nothing, annotations: { a: "b" } }),
      metadataHash({ ...nothing, labels: { a: "c" } }),
      metadataHash({ ...nothing, deletedWithOwner: true }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
