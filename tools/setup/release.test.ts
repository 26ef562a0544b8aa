import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TOOLS } from "../../sandbox/src/tools/layout.mjs";
import { downloadRelease, releaseOf } from "./release.mjs";

let folder: string;
let server: Server;
let files: Map<string, Buffer | string>;
let base: string;

beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  folder = await mkdtemp(join(tmpdir(), "release-"));
  files = new Map();
  server = createServer((request, response) => {
    if (request.url === "/silent") return;
    const content = files.get(request.url ?? "");
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  vi.restoreAllMocks();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

describe("an official release", () => {
  it("is saved when its checksum is right", async () => {
    files.set("/kubectl", "program").set("/kubectl.sha256", sha256("program"));
    const path = await downloadRelease(tool("kubectl"), folder, release("kubectl"));
    expect(await readFile(path, "utf8")).toBe("program");
  });

  it("is unpacked when it is an archive; its checksum may be one of many", async () => {
    const archive = await makeArchive("etcd-linux/etcd", "program");
    files.set("/etcd.tar.gz", archive);
    files.set("/etcd.tar.gz.sha256", `${sha256("x")}  other.tar.gz\n${sha256(archive)}  etcd.tar.gz\n`);
    const path = await downloadRelease(tool("etcd"), folder, {
      ...release("etcd.tar.gz"),
      member: "etcd-linux/etcd",
    });
    expect(await readFile(path, "utf8")).toBe("program");
  });

  it.each([
    ["has another checksum", `${"0".repeat(64)}\n`, /has SHA-256 [0-9a-f]{64} instead of 0000/],
    ["has no checksum", "<html>", "holds no checksum of kubectl"],
    ["is not there", undefined, "answers 404"],
  ])("is refused when it %s", async (_why, checksum, message) => {
    files.set("/kubectl", "program");
    if (checksum !== undefined) files.set("/kubectl.sha256", checksum);
    await expect(downloadRelease(tool("kubectl"), folder, release("kubectl"))).rejects.toThrow(message);
  });

  it("is given up when there is no answer for 3 s", async () => {
    const start = Date.now();
    const silent = { url: `${base}/kubectl`, checksums: `${base}/silent` };
    await expect(downloadRelease(tool("kubectl"), folder, silent)).rejects.toThrow("cannot be reached");
    expect(Date.now() - start).toBeLessThan(4_500);
  });

  it.each([
    ["linux", "x64", "kube-apiserver", "https://dl.k8s.io/v1.36.3/bin/linux/amd64/kube-apiserver"],
    ["linux", "arm64", "helm", "https://get.helm.sh/helm-v4.1.4-linux-arm64.tar.gz"],
    ["darwin", "arm64", "kubectl", "https://dl.k8s.io/v1.36.3/bin/darwin/arm64/kubectl"],
    ["darwin", "arm64", "kube-apiserver", undefined],
    ["linux", "riscv64", "helm", undefined],
  ] as const)("for %s %s: %s", (platform, architecture, program, url) => {
    expect(releaseOf(tool(program), platform, architecture)?.url).toBe(url);
  });
});

function tool(program: string) {
  const found = TOOLS.find((candidate) => candidate.program === program);
  if (!found) throw new Error(`no tool is called ${program}`);
  return found;
}

function release(name: string) {
  return { url: `${base}/${name}`, checksums: `${base}/${name}.sha256` };
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

async function makeArchive(member: string, content: string): Promise<Buffer> {
  const source = join(folder, "source");
  await mkdir(join(source, member, ".."), { recursive: true });
  await writeFile(join(source, member), content);
  const archive = join(folder, "source.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", source, member]);
  return await readFile(archive);
}
