// @ts-check
// What the set-up provides and where it lies. Plain JavaScript, because tools/setup.mjs has to run before anything is
// installed, under Node 20.
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The versions that the sandbox runs on. sandbox/binaries/ pins the same ones for the build from source.
 * @type {Readonly<Record<"etcd" | "kubernetes" | "helm", string>>}
 */
export const VERSIONS = { etcd: "v3.6.8", kubernetes: "v1.36.3", helm: "v4.1.4" };

/**
 * The five programs, each with the product that it belongs to and so has its version from.
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
/** What a program is released with, and has its version from. @typedef {Tool["product"]} Product */

/**
 * Folder of everything that is kept between runs: `$XDG_CACHE_HOME/rotated-secrets`, by default `~/.cache/rotated-secrets`.
 * @returns {string}
 */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "rotated-secrets");
}

/**
 * Where the cache holds a program. The file is put there by a rename, so that it is whole if it is there.
 * @param {Tool} tool
 * @returns {string}
 */
export function cachedTool(tool) {
  const platform = `${process.platform}-${process.arch}`;
  return join(cacheFolder(), `${tool.product}-${VERSIONS[tool.product]}-${platform}`, tool.program);
}

/**
 * The places where a program may lie, the first to be preferred. PATH is not one of them: what lies there has another version.
 * @param {Tool} tool
 * @returns {string[]}
 */
export function placesOf(tool) {
  const assets = process.env.KUBEBUILDER_ASSETS;
  return [...(assets ? [join(assets, tool.program)] : []), cachedTool(tool)];
}
