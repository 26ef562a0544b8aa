// @ts-check
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, pgbouncerPackages } from "../../sandbox/src/tools/layout.mjs";
import { withLock } from "./lock.mjs";
import { say, withProgress } from "./progress.mjs";
import { runToEnd } from "./supervised.mjs";

/**
 * Downloads Debian's package of PgBouncer, and the libraries that this machine lacks, into the cache. Installs nothing and
 * needs no root. Elsewhere than on Debian and its derivatives only the tests with PgBouncer are skipped.
 */
export async function providePgbouncer(folder = pgbouncerPackages()) {
  if (process.platform !== "linux" || existsSync(folder)) return;
  await withLock(join(cacheFolder(), "locks", "pgbouncer"), async () => {
    if (existsSync(folder)) return;
    await mkdir(cacheFolder(), { recursive: true });
    const work = await mkdtemp(`${folder}-`);
    try {
      await withProgress("downloading PgBouncer", () => download(work));
      await rename(work, folder);
    } catch (error) {
      say(`PgBouncer is not available: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

/** @param {string} folder */
async function download(folder) {
  // The machine's own lists of packages may be missing or outdated, as on a new machine.
  const fresh = join(folder, "lists");
  for (const options of [[], ["-o", `Dir::State::lists=${fresh}`]]) {
    if (options.length > 0) {
      await mkdir(join(fresh, "partial"), { recursive: true });
      await apt([...options, "update"], folder);
    }
    await mkdir(join(folder, "partial"), { recursive: true });
    const failure = await apt(
      [...options, "-o", `Dir::Cache::archives=${folder}`, "--download-only", "install", "pgbouncer"],
      folder,
    );
    const files = await readdir(folder);
    if (failure === undefined && files.some((name) => name.startsWith("pgbouncer_"))) break;
    if (options.length > 0) throw new Error(failure ?? "apt-get downloaded no package pgbouncer");
  }
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".deb")) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<string | undefined>} the last line of its output if it failed
 */
async function apt(args, cwd) {
  // Without locks and without a user of its own, it writes only to the given folders.
  const common = [
    "-qq",
    "-y",
    "--no-install-recommends",
    "-o",
    "Debug::NoLocking=1",
    "-o",
    "APT::Sandbox::User=root",
  ];
  const { code, tail } = await runToEnd("apt-get", [...common, ...args], { cwd });
  return code === 0 ? undefined : (tail.split("\n").pop() ?? "apt-get failed");
}
