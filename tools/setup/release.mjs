// @ts-check
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { VERSIONS } from "../../sandbox/src/tools/layout.mjs";
import { withProgress } from "./progress.mjs";
import { runToEnd } from "./supervised.mjs";

/** @typedef {import("../../sandbox/src/tools/layout.mjs").Tool} Tool */

/**
 * The location of an official release.
 * @typedef {object} Release
 * @property {string} url of the program, or of the archive with it
 * @property {string} checksums URL of a file with the SHA-256 of it, alone or as `SUM  NAME` among others
 * @property {string} [member] path of the program in the archive
 */

const CONNECT_MS = 3_000;
const STALLED_MS = 30_000;

/**
 * @param {Tool} tool
 * @returns {Release | undefined} undefined if the project publishes none
 */
export function releaseOf(tool, platform = process.platform, architecture = process.arch) {
  const version = VERSIONS[tool.product];
  const arch = { x64: "amd64", arm64: "arm64" }[/** @type {string} */ (architecture)];
  if (!arch || (platform !== "linux" && platform !== "darwin")) return undefined;
  if (tool.product === "kubernetes") {
    // Servers are published for Linux only.
    if (platform === "darwin" && tool.program !== "kubectl") return undefined;
    const url = `https://dl.k8s.io/${version}/bin/${platform}/${arch}/${tool.program}`;
    return { url, checksums: `${url}.sha256` };
  }
  if (tool.product === "etcd") {
    const base = `https://github.com/etcd-io/etcd/releases/download/${version}`;
    const name = `etcd-${version}-${platform}-${arch}`;
    const archive = platform === "darwin" ? `${name}.zip` : `${name}.tar.gz`;
    return { url: `${base}/${archive}`, checksums: `${base}/SHA256SUMS`, member: `${name}/etcd` };
  }
  const url = `https://get.helm.sh/helm-${version}-${platform}-${arch}.tar.gz`;
  return { url, checksums: `${url}.sha256sum`, member: `${platform}-${arch}/helm` };
}

/**
 * Downloads a program and verifies its checksum.
 * @param {Tool} tool
 * @param {string} folder where files may be put
 * @returns {Promise<string>} path of the program
 * @throws Error with one line, when there is no release, no connection within 3 s, or a wrong checksum
 */
export async function downloadRelease(tool, folder, release = releaseOf(tool)) {
  if (!release) throw new Error(`none is published for ${process.platform}-${process.arch}`);
  const wanted = await checksumOf(release);
  const work = join(folder, `download-${tool.program}`);
  await mkdir(work, { recursive: true });
  const file = join(work, "file");
  const size = { bytes: 0 };
  const actual = await withProgress(
    `downloading ${tool.program} ${VERSIONS[tool.product]}`,
    () => save(release.url, file, size),
    () => `${Math.round(size.bytes / 1e6)} MB`,
  );
  if (actual !== wanted) throw new Error(`${release.url} has SHA-256 ${actual} instead of ${wanted}`);
  return release.member === undefined
    ? await named(file, join(work, tool.program))
    : await unpack(file, release.member);
}

/** @param {Release} release */
async function checksumOf(release) {
  const text = await (await get(release.checksums, CONNECT_MS)).text();
  const name = new URL(release.url).pathname.split("/").pop() ?? "";
  const lines = text.trim().split("\n");
  const line =
    lines.find((candidate) => candidate.endsWith(name)) ?? (lines.length === 1 ? lines[0] : undefined);
  const sum = line?.trim().split(/\s+/)[0];
  if (!sum || !/^[0-9a-f]{64}$/.test(sum))
    throw new Error(`${release.checksums} holds no checksum of ${name}`);
  return sum;
}

/**
 * @param {string} url
 * @param {number} patienceMs how long to wait for the first bytes of the answer
 */
async function get(url, patienceMs) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patienceMs);
  try {
    const response = await fetch(url, { signal: patience.signal });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(url)) throw error;
    throw new Error(`${new URL(url).host} cannot be reached`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} url
 * @param {string} file
 * @param {{bytes: number}} size counts the bytes received
 * @returns {Promise<string>} SHA-256 of it
 */
async function save(url, file, size) {
  const response = await get(url, STALLED_MS);
  if (!response.body) throw new Error(`${url} answers with nothing`);
  const hash = createHash("sha256");
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALLED_MS);
  const count = new Transform({
    transform(chunk, _encoding, done) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALLED_MS);
      size.bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const body = Readable.fromWeb(/** @type {import("node:stream/web").ReadableStream} */ (response.body));
    await pipeline(body, count, createWriteStream(file), { signal: stalled.signal });
  } catch {
    throw new Error(`${url} broke off after ${size.bytes} bytes`);
  } finally {
    clearTimeout(timer);
  }
  return hash.digest("hex");
}

/** @param {string} file @param {string} path */
async function named(file, path) {
  await rename(file, path);
  return path;
}

/** @param {string} archive @param {string} member */
async function unpack(archive, member) {
  const folder = `${archive}.d`;
  await mkdir(folder, { recursive: true });
  const { code, tail } = await runToEnd("tar", ["-xf", archive, "-C", folder, member], { cwd: folder });
  if (code !== 0) throw new Error(`${member} cannot be unpacked: ${tail}`);
  return join(folder, member);
}
