import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

const WORKSPACES = ["contract", "kube-runtime", "operator", "rotator-lambda", "sandbox", "test", "tools"];
const NOT_SOURCES = ["node_modules", "dist"];

/** A source file. */
export interface SourceFile {
  /** From the root of the repository, such as `operator/src/main.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Reads all hand-written TypeScript and JavaScript below `root`, sorted by path. @param root the repository's folder */
export async function readSources(root: string): Promise<readonly SourceFile[]> {
  const exclude = (name: string) => NOT_SOURCES.includes(name);
  const paths: string[] = [];
  for await (const path of glob(`{${WORKSPACES.join()}}/**/*.{ts,mjs}`, { cwd: root, exclude }))
    paths.push(path);
  return await Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })),
  );
}

/** Whether a file serves tests alone: tests themselves, and everything in a folder named `testing`. */
export function isForTests(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing/");
}

/** Whether a path is this file or folder, or lies in it. */
export function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
