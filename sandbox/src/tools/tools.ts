import { access, constants } from "node:fs/promises";
import { placesOf, TOOLS } from "./layout.mjs";

export { cacheFolder } from "./layout.mjs";

/** Absolute paths of the programs of the sandbox's cluster. */
export type ToolPaths = Readonly<
  Record<"etcd" | "kubeApiserver" | "kubeControllerManager" | "kubectl" | "helm", string>
>;

/**
 * Finds the programs that `tools/setup.mjs --with-tools` provides, in its order: `KUBEBUILDER_ASSETS`, then the cache.
 * @throws Error that names all missing programs, their possible places, and the command that provides them
 */
export async function findTools(): Promise<ToolPaths> {
  const found: Partial<Record<keyof ToolPaths, string>> = {};
  const missing: string[] = [];
  for (const tool of TOOLS) {
    const path = await firstExecutable(placesOf(tool));
    if (path === undefined) missing.push(`  ${tool.program}: not at ${placesOf(tool).join(", nor at ")}`);
    else found[tool.key] = path;
  }
  const { etcd, kubeApiserver, kubeControllerManager, kubectl, helm } = found;
  if (etcd && kubeApiserver && kubeControllerManager && kubectl && helm) {
    return { etcd, kubeApiserver, kubeControllerManager, kubectl, helm };
  }
  throw new Error(
    `The sandbox lacks programs:\n${missing.join("\n")}\nRun \`node tools/setup.mjs --with-tools\` to get them.`,
  );
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return undefined;
}
