import { mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AtomicFolder } from "./atomic-folder.ts";

function files(content: Record<string, string>, mode = 0o600) {
  return new Map(Object.entries(content).map(([path, text]) => [path, { content: Buffer.from(text), mode }]));
}

describe("AtomicFolder", () => {
  let parent: string;
  let folder: AtomicFolder;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "atomic-folder-"));
    folder = new AtomicFolder(join(parent, "volume"));
  });
  afterEach(() => rm(parent, { recursive: true }));

  const read = (path: string) => readFile(join(folder.path, path), "utf8");

  it("shows files, also nested ones, with their modes", async () => {
    await folder.write(files({ user: "ann", "ca/root.crt": "pem" }));
    expect([await read("user"), await read("ca/root.crt")]).toEqual(["ann", "pem"]);
    expect((await stat(join(folder.path, "user"))).mode & 0o777).toBe(0o600);
  });

  it("replaces all files at once, removes old ones, and leaves no old generation behind", async () => {
    await folder.write(files({ user: "ann", pass: "1" }));
    const before = await readlink(join(folder.path, "..data"));
    await folder.write(files({ user: "ann_clone", port: "5432" }));
    expect(await readlink(join(folder.path, "..data"))).not.toBe(before);
    expect([await read("user"), await read("port")]).toEqual(["ann_clone", "5432"]);
    expect((await readdir(folder.path)).filter((name) => !name.startsWith("..generation_")).sort()).toEqual([
      "..data",
      "port",
      "user",
    ]);
    expect((await readdir(folder.path)).filter((name) => name.startsWith("..generation_"))).toHaveLength(1);
  });

  it("does not touch the disk for the same content", async () => {
    await folder.write(files({ user: "ann" }));
    const before = await readlink(join(folder.path, "..data"));
    await folder.write(files({ user: "ann" }));
    expect(await readlink(join(folder.path, "..data"))).toBe(before);
  });
});
