// @ts-check
// The programs that the set-up provides, and their places. This is plain JavaScript, because tools/setup.mjs has to run
// under Node 20 before anything is installed.
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The versions that the sandbox uses. sandbox/binaries/ pins the same ones for the build from source.
 * @type {Readonly<Record<"etcd" | "kubernetes" | "helm", string>>}
 */
export const VERSIONS = { etcd: "v3.6.8", kubernetes: "v1.36.3", helm: "v4.1.4" };

/**
 * The five programs, and for each of them the product that decides its version.
 * @type {readonly {readonly key: "etcd" | "kubeApiserver" | "kubeControllerManager" | "kubectl" | "helm", readonly program: string, readonly product: keyof typeof VERSIONS}[]}
 */
export const TOOLS = [
  { key: "etcd", program: "etcd", product: "etcd" },
  { key: "kubeApiserver", program: "kube-apiserver", product: "kubernetes" },
  { key: "kubeControllerManager", program: "kube-controller-manager", product: "kubernetes" },
  { key: "kubectl", program: "kubectl", product: "kubernetes" },
  { key: "helm", program: "helm", product: "helm" },
];

/** One of the five programs. @typedef {(typeof TOOLS)[number]} Tool */
/** The product of a program, which decides its version. @typedef {Tool["product"]} Product */

/**
 * Folder of everything that is kept between runs: `$XDG_CACHE_HOME/rotated-secrets`, by default `~/.cache/rotated-secrets`.
 * @returns {string}
 */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "rotated-secrets");
}

/**
 * The place of a program in the cache. The file is put there by a rename, so it is complete if it exists.
 * @param {Tool} tool
 * @returns {string}
 */
export function cachedTool(tool) {
  const platform = `${process.platform}-${process.arch}`;
  return join(cacheFolder(), `${tool.product}-${VERSIONS[tool.product]}-${platform}`, tool.program);
}

/**
 * The possible places of a program, the preferred one first. PATH is not among them, because programs there have other
 * versions.
 * @param {Tool} tool
 * @returns {string[]}
 */
export function placesOf(tool) {
  const assets = process.env.KUBEBUILDER_ASSETS;
  return [...(assets ? [join(assets, tool.program)] : []), cachedTool(tool)];
}

/**
 * The folder with Debian's packages of PgBouncer and of the libraries that this machine lacks. It is complete if it exists.
 * @returns {string}
 */
export function pgbouncerPackages() {
  return join(cacheFolder(), `pgbouncer-${process.platform}-${process.arch}`);
}
