import { glob, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { COVERED, NOT_READ } from "./covered.ts";
import { findingsIn, isReadable } from "./findings.ts";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Finds wordings in files and folders that break a rule of plain English.
 * @param paths from the root of the repository
 * @returns a line for each: `file:line: "phrase" (rule): plain alternative`
 */
export async function lintProse(paths: readonly string[] = COVERED): Promise<readonly string[]> {
  const files = new Set((await Promise.all(paths.map(filesIn))).flat());
  return (await Promise.all([...files].sort().map(report))).flat();
}

async function report(file: string): Promise<readonly string[]> {
  const findings = findingsIn(file, await readFile(join(ROOT, file), "utf8"));
  return findings.map(({ line, rule, phrase, say }) => `${file}:${line}: "${phrase}" (${rule}): ${say}`);
}

/** The readable files of a path, which may be a file itself. */
async function filesIn(path: string): Promise<readonly string[]> {
  const cwd = join(ROOT, path);
  if (!(await stat(cwd)).isDirectory()) return [path];
  const files: string[] = [];
  for await (const name of glob("**/*.*", { cwd, exclude: isOutput })) files.push(join(path, name));
  return files.filter((file) => isReadable(file) && !isLeftOut(file));
}

function isOutput(name: string): boolean {
  return /(?:^|\/)(?:node_modules|dist|\.types)$/.test(name);
}

function isLeftOut(file: string): boolean {
  return NOT_READ.some((path) => file === path || file.startsWith(`${path}/`));
}

// As a program: node tools/prose/lint.ts PATH... Without a path it lints the covered ones.
if (import.meta.main) {
  const paths = process.argv.slice(2).map((path) => relative(ROOT, resolve(path)));
  const findings = await lintProse(paths.length === 0 ? COVERED : paths);
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
