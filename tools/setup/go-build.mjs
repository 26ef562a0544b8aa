// @ts-check
import { join } from "node:path";
import { withProgress } from "./progress.mjs";
import { runToEnd } from "./supervised.mjs";

/** @typedef {import("../../sandbox/src/tools/layout.mjs").Product} Product */

/** The Go package of each program, in the module that sandbox/binaries/ pins it by. @type {Readonly<Record<string, string>>} */
const PACKAGES = {
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
  helm: "helm.sh/helm/v4/cmd/helm",
};

/** etcd and Kubernetes agree on their dependencies, so they are one module. @type {Readonly<Record<Product, string>>} */
const MODULES = { etcd: "kubernetes", kubernetes: "kubernetes", helm: "helm" };

/** On two cores with empty caches. @type {Readonly<Record<Product, string>>} */
const USUAL_TIME = { etcd: "1 to 3 min", kubernetes: "5 to 8 min", helm: "1 to 3 min" };

/**
 * Builds programs of one product from the Go modules that sandbox/binaries/ pins.
 * @param {{product: Product, programs: readonly string[], version: string, folder: string, root: string}} options
 *   `folder` receives the programs, under their own names
 * @throws Error that says what to install, or has the output of the compiler
 */
export async function buildProduct({ product, programs, version, folder, root }) {
  const cwd = join(root, "sandbox", "binaries", MODULES[product]);
  const env = buildEnvironment();
  const go = await findGo(programs, env, cwd);
  let compiled = 0;
  await withProgress(
    `building ${product} ${version} (${USUAL_TIME[product]})`,
    async () => {
      const packages = programs.map((program) => PACKAGES[program] ?? program);
      // Several programs go into a folder. A single one gets its name, because etcd's package is called `v3`.
      const target = programs.length === 1 ? join(folder, programs[0] ?? "") : `${folder}/`;
      const args = [
        "build",
        "-v",
        "-trimpath",
        "-ldflags",
        linkerFlags(product, version),
        "-o",
        target,
        ...packages,
      ];
      const onLine = () => {
        compiled += 1;
      };
      const { code, tail } = await runToEnd(go, args, { cwd, env, onLine });
      if (code !== 0) throw new Error(`\`go build ${packages.join(" ")}\` in ${cwd} failed:\n${tail}`);
    },
    () => `${compiled} packages`,
  );
}

/** Settings of the build, independent of those of the user. */
function buildEnvironment() {
  /** @type {Record<string, string>} */
  const goarch = { x64: "amd64", arm64: "arm64" };
  return {
    ...process.env,
    CGO_ENABLED: "0",
    // Go 1.21 and later fetches the toolchain that go.mod asks for.
    GOTOOLCHAIN: "auto",
    // Not empty, because with an empty variable, `go env -w GOFLAGS=...` would apply.
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
    GO111MODULE: "on",
    GOOS: process.platform,
    GOARCH: goarch[process.arch] ?? process.arch,
  };
}

/**
 * @param {Product} product
 * @param {string} version such as v1.36.3
 */
function linkerFlags(product, version) {
  if (product === "etcd") return "-s -w";
  if (product === "helm") return `-s -w -X helm.sh/helm/v4/internal/version.version=${version}`;
  const [major, minor] = version.slice(1).split(".");
  // Without a version kubectl and helm refuse the server.
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const linked = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((holder) =>
    Object.entries(facts).map(([name, value]) => `-X ${holder}.${name}=${value}`),
  );
  return ["-s -w", ...linked].join(" ");
}

/**
 * @param {readonly string[]} programs
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 */
async function findGo(programs, env, cwd) {
  const found = [];
  for (const go of ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go", "/opt/homebrew/bin/go"]) {
    // In another folder, because in this one an old Go would download a newer one only to print its version.
    const { code, tail } = await runToEnd(go, ["env", "GOVERSION"], {
      cwd: "/",
      env: { ...env, GOTOOLCHAIN: "local" },
    });
    const version = /^go1\.(\d+)/.exec(tail);
    if (code === 0 && Number(version?.[1] ?? 0) >= 21) return go;
    if (code === 0) found.push(`${go} is ${tail}`);
  }
  throw new Error(
    `${programs.join(", ")} cannot be built: ${found.join(", ") || "Go was not found"}. Do one of these, then try again:
- install Go 1.26 or later, or 1.21 or later, which fetches it (https://go.dev/dl)
- let this machine reach dl.k8s.io, github.com and get.helm.sh
- set KUBEBUILDER_ASSETS to a folder that holds ${programs.join(", ")} (pinned versions: ${cwd}/go.mod)`,
  );
}
