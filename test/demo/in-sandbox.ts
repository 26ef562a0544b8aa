import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import { foldersOf, processTree } from "./process-tree.ts";

const run = promisify(execFile);

/** The folder of the sandbox that a command has started. @throws while there is none */
export function sandboxFolder(pid: number): string {
  const folder = foldersOf(processTree(pid)).find((name) => name.includes("rotated-secrets-sandbox-"));
  if (folder === undefined) throw new Error(`the process ${pid} has started no sandbox`);
  return folder;
}

/** Runs a line in a shell that has sourced the file which the sandbox of a command offers; resolves with its output. */
export async function inSandbox(pid: number, line: string): Promise<string> {
  const source = `source ${join(sandboxFolder(pid), "env.sh")}`;
  const { stdout } = await run("bash", ["-e", "-o", "pipefail", "-c", `${source}\n${line}`], { cwd: ROOT });
  return stdout;
}
