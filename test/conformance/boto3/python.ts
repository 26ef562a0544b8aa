import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@rotated-secrets/sandbox/tools/tools";

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
// The second where the first is one without venv: Debian has that in a package of its own, python3-venv.
const CANDIDATES = ["python3", "/usr/bin/python3"];
const USABLE = "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version)";

/**
 * The program of a Python that has boto3 as pinned in requirements.txt: a virtual environment in the cache, made if it is
 * not there. @throws Error that says what the machine lacks
 */
export async function pythonWithBoto3(): Promise<string> {
  const { program, version } = await usablePython();
  const made = createHash("sha256")
    .update(await readFile(REQUIREMENTS))
    .update(version);
  const folder = join(cacheFolder(), `boto3-${made.digest("hex").slice(0, 12)}`);
  if (!existsSync(folder)) await makeEnvironment(program, folder);
  return join(folder, "bin", "python");
}

async function usablePython(): Promise<{ readonly program: string; readonly version: string }> {
  const problems: string[] = [];
  for (const program of CANDIDATES) {
    try {
      return { program, version: (await run(program, ["-c", USABLE])).stdout };
    } catch (error) {
      problems.push(`${program}: ${lastLine(error)}`);
    }
  }
  throw new Error(
    `There is no Python 3.10 or later with venv (${problems.join("; ")}). On Debian: apt install python3-venv.`,
  );
}

/** Created next to its place and then renamed, so that it is complete if it exists. */
async function makeEnvironment(program: string, folder: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    await run(program, ["-m", "venv", unfinished]);
    const install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:"];
    await run(join(unfinished, "bin", "python"), [...install, "-r", REQUIREMENTS]);
    await rename(unfinished, folder);
  } catch (error) {
    // Another test run was faster.
    if (existsSync(folder)) return;
    throw new Error(`boto3 could not be installed from PyPI: ${lastLine(error)}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The last output of a program that failed. */
function lastLine(error: unknown): string {
  const said: unknown = error instanceof Error ? (Reflect.get(error, "stderr") ?? "") : "";
  return String(said).trim().split("\n").at(-1) || String(error);
}
