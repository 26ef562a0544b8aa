import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unverifiedPackages } from "./lockfile.ts";

const CHECKSUM = "sha512-AAAA";

function lockfile(entry: object): string {
  return JSON.stringify({ lockfileVersion: 3, packages: { "": {}, test: {}, "node_modules/a": entry } });
}

describe("unverifiedPackages", () => {
  it.each([
    ["a package with a checksum", { version: "1.0.0", integrity: CHECKSUM }],
    ["a link to a workspace", { link: true, resolved: "test" }],
  ])("accepts %s", (_, entry) => {
    expect(unverifiedPackages(lockfile(entry))).toEqual([]);
  });

  it.each([
    ["a package without a checksum", { version: "1.0.0", optional: true }, "no SHA-512 checksum"],
    ["a package with a weak checksum", { integrity: "sha1-AAAA" }, "no SHA-512 checksum"],
    [
      "a package of a fixed host",
      { integrity: CHECKSUM, resolved: "https://mirror.example/a.tgz" },
      "comes from",
    ],
  ])("reports %s", (_, entry, problem) => {
    expect(unverifiedPackages(lockfile(entry))).toEqual([expect.stringContaining(problem)]);
  });

  it("finds nothing in the lockfile of this repository", async () => {
    expect(
      unverifiedPackages(await readFile(join(import.meta.dirname, "../package-lock.json"), "utf8")),
    ).toEqual([]);
  });
});
