import { mkdir, mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { VolumeFiles } from "./volume-files.ts";

const DATA = "..data";

/**
 * Lays out files like a kubelet (pkg/volume/util/atomic_writer.go). The files are in a separate folder, `..data` is a
 * link to it, and every name in the volume is a link into `..data`. An update creates a new folder and replaces that
 * one link, so a reader sees either all old files or all new ones.
 */
export class AtomicFolder {
  readonly path: string;
  #written: VolumeFiles | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Writes the files if they differ from the last ones. Calls must not overlap. */
  async write(files: VolumeFiles): Promise<void> {
    if (this.#written && same(this.#written, files)) return;
    await mkdir(this.path, { recursive: true, mode: 0o755 });
    const old = await readlink(join(this.path, DATA)).catch(() => undefined);
    const fresh = await this.#fill(files);
    await this.#link(DATA, fresh);
    await this.#linkNames(new Set([...files.keys()].map((path) => path.split("/")[0] ?? path)));
    if (old) await rm(join(this.path, old), { recursive: true, force: true });
    this.#written = files;
  }

  async #fill(files: VolumeFiles): Promise<string> {
    const folder = await mkdtemp(join(this.path, "..generation_"));
    for (const [path, { content, mode }] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content, { mode });
    }
    return folder.slice(this.path.length + 1);
  }

  async #linkNames(names: ReadonlySet<string>): Promise<void> {
    const present = new Set((await readdir(this.path)).filter((name) => !name.startsWith("..")));
    for (const name of names) if (!present.has(name)) await this.#link(name, join(DATA, name));
    for (const name of present) if (!names.has(name)) await rm(join(this.path, name));
  }

  async #link(name: string, target: string): Promise<void> {
    const temporary = join(this.path, "..link_tmp");
    await symlink(target, temporary);
    await rename(temporary, join(this.path, name));
  }
}

function same(a: VolumeFiles, b: VolumeFiles): boolean {
  if (a.size !== b.size) return false;
  for (const [path, file] of a) {
    const other = b.get(path);
    if (!other || other.mode !== file.mode || !other.content.equals(file.content)) return false;
  }
  return true;
}
