import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleFile } from "./bundle-file.ts";
import { withAsciiComments } from "./bundle-size.ts";

describe("characters beyond ASCII", () => {
  it.each([
    ["in a line comment", "a(); // \u00a75.2 \u2013 see", "a(); // ?5.2 ? see"],
    ["in a block comment", "/* \u2019 */ a();", "/* ? */ a();"],
    ["in the middle of a block comment", "   * the client\u2019s", "   * the client?s"],
    ["in code stay", "const x = /[\u00e4]/;", "const x = /[\u00e4]/;"],
    ["in code before a comment stay", "x = /\u00e4/; // \u00e4", "x = /\u00e4/; // a"],
    [
      "in the licences at the end",
      "x = /\u00e4/;\n/*! Bundled license information:\n(*! by W\u00e4rting *)\n*/",
      "x = /\u00e4/;\n/*! Bundled license information:\n(*! by Warting *)\n*/",
    ],
    ["that are not there change nothing", "a(); // b\n/* c */", "a(); // b\n/* c */"],
  ])("%s", (_, text, expected) => {
    expect(withAsciiComments(text)).toBe(expected);
  });
});

describe("a bundle", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bundle-size-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };

  it("leaves out the unused modules of the Kubernetes client, and of no other package", async () => {
    for (const name of ["@kubernetes/client-node", "other"]) {
      const mark = name.replace(/\W/g, "");
      await write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, main: "index.js", type: "module" }),
      );
      await write(`node_modules/${name}/index.js`, 'export * from "./used.js"; export * from "./unused.js";');
      await write(`node_modules/${name}/used.js`, `export const ${mark}Used = "${mark} used";`);
      await write(
        `node_modules/${name}/unused.js`,
        `globalThis["${mark} unused"] = 1; export const ${mark}Unused = 1;`,
      );
    }
    await write(
      "main.ts",
      'import { kubernetesclientnodeUsed } from "@kubernetes/client-node"; import { otherUsed } from "other"; process.stdout.write(kubernetesclientnodeUsed + otherUsed);',
    );
    const { path } = await bundleFile(join(dir, "main.ts"), join(dir, "dist/main.mjs"));
    const text = await readFile(path, "utf8");
    expect(text).toContain("kubernetesclientnode used");
    expect(text).not.toContain("kubernetesclientnode unused");
    expect(text).toContain("other unused");
  });
});
