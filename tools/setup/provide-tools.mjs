// @ts-check
import { constants } from "node:fs";
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cachedTool, cacheFolder, placesOf, TOOLS, VERSIONS } from "../../sandbox/src/tools/layout.mjs";
import { buildProduct } from "./go-build.mjs";
import { withLock } from "./lock.mjs";
import { say } from "./progress.mjs";
import { downloadRelease } from "./release.mjs";

/** @typedef {import("../../sandbox/src/tools/layout.mjs").Tool} Tool */
/** @typedef {import("../../sandbox/src/tools/layout.mjs").Product} Product */

const TEMPORARY = "incomplete-";

/**
 * Puts missing programs of the sandbox into the cache: from the official releases, or built from source.
 * @param {string} root folder of the repository
 * @throws Error that says what to install
 */
export async function provideTools(root) {
  if ((await missingTools()).length === 0) return;
  await withLock(join(cacheFolder(), "locks", "tools"), async () => {
    const missing = await missingTools();
    if (missing.length === 0) return;
    say(`the sandbox needs ${missing.map((tool) => tool.program).join(", ")}; once, into ${cacheFolder()}`);
    await removeLeftovers();
    const folder = await mkdtemp(join(cacheFolder(), TEMPORARY));
    try {
      const rest = await downloadAll(missing, folder);
      for (const product of new Set(rest.map((tool) => tool.product))) {
        await buildInto(folder, product, rest, root);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** @returns {Promise<Tool[]>} */
async function missingTools() {
  const found = await Promise.all(TOOLS.map((tool) => firstExecutable(placesOf(tool))));
  return TOOLS.filter((_tool, index) => found[index] === undefined);
}

/** @param {readonly string[]} paths */
async function firstExecutable(paths) {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** Removes the folders of set-ups that were killed. No other set-up runs while this one holds the lock. */
async function removeLeftovers() {
  for (const name of await readdir(cacheFolder())) {
    if (name.startsWith(TEMPORARY)) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

/**
 * @param {readonly Tool[]} tools
 * @param {string} folder
 * @returns {Promise<Tool[]>} those that are not available
 */
async function downloadAll(tools, folder) {
  /** @type {Tool[]} */
  const rest = [];
  /** @type {Set<string>} */
  const reasons = new Set();
  await Promise.all(
    tools.map(async (tool) => {
      try {
        await keep(tool, await downloadRelease(tool, folder));
      } catch (error) {
        rest.push(tool);
        reasons.add(error instanceof Error ? error.message : String(error));
      }
    }),
  );
  if (rest.length > 0)
    say(
      `building ${rest.map((tool) => tool.program).join(", ")} from source, because no release was downloaded: ${[...reasons].sort().join("; ")}`,
    );
  return rest;
}

/**
 * @param {string} folder
 * @param {Product} product
 * @param {readonly Tool[]} wanted
 * @param {string} root
 */
async function buildInto(folder, product, wanted, root) {
  const tools = wanted.filter((tool) => tool.product === product);
  const programs = tools.map((tool) => tool.program);
  await buildProduct({ product, programs, version: VERSIONS[product], folder, root });
  for (const tool of tools) await keep(tool, join(folder, tool.program));
}

/** Moves a finished program to its place in the cache. @param {Tool} tool @param {string} file */
async function keep(tool, file) {
  await chmod(file, 0o755);
  await mkdir(dirname(cachedTool(tool)), { recursive: true });
  await rename(file, cachedTool(tool));
}
