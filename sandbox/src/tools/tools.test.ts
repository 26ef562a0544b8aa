import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cachedTool, TOOLS } from "./layout.mjs";
import { findTools } from "./tools.ts";

let folder: string;
let assets: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tools-"));
  assets = join(folder, "assets");
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  vi.stubEnv("KUBEBUILDER_ASSETS", assets);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe("findTools", () => {
  it("finds all in the cache", async () => {
    for (const tool of TOOLS) await makeProgram(cachedTool(tool));
    expect(Object.values(await findTools())).toEqual(expect.arrayContaining(TOOLS.map(cachedTool)));
  });

  it("prefers KUBEBUILDER_ASSETS for each single program", async () => {
    for (const tool of TOOLS) await makeProgram(cachedTool(tool));
    await makeProgram(join(assets, "kubectl"));
    const found = await findTools();
    expect(found.kubectl).toBe(join(assets, "kubectl"));
    expect(found.helm).toContain(join(folder, "cache", "rotated-secrets"));
  });

  it("names the missing programs, their possible places and the remedy; a file that is not a program counts as missing", async () => {
    for (const tool of TOOLS.filter(({ key }) => key !== "helm")) await makeProgram(cachedTool(tool));
    await makeProgram(join(assets, "helm"));
    await chmod(join(assets, "helm"), 0o644);
    const error = await findTools().catch((reason: unknown) => String(reason));
    expect(error).toContain(`helm: not at ${join(assets, "helm")}, nor at ${folder}`);
    expect(error).not.toContain("etcd:");
    expect(error).toContain("node tools/setup.mjs --with-tools");
  });
});

async function makeProgram(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "", { mode: 0o755 });
}
