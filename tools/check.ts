import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { forbiddenImports } from "./import-rules.ts";
import { checkLinks } from "./links/check-links.ts";
import { unverifiedPackages } from "./lockfile.ts";
import { lintProse } from "./prose/lint.ts";
import { readSources } from "./sources/source-file.ts";
import { checkStructure } from "./structure/structure-check.ts";

const ROOT = join(import.meta.dirname, "..");

/** The outcome of a check. */
interface Outcome {
  /** A text for people about the problem; empty if the check passes. */
  readonly problem: string;
  /** Measured figures, one per line. */
  readonly figures?: readonly string[];
}

/** A check of the sources. */
interface Check {
  readonly name: string;
  run(): Promise<Outcome>;
  /** A command that fixes the problem. */
  readonly fix?: string;
}

/** npm adds checksums only to entries that it creates. */
const LOCKFILE_FIX =
  "remove these entries from package-lock.json, then npm install --package-lock-only --ignore-scripts";

const CHECKS: readonly Check[] = [
  { name: "types", run: () => program("node_modules/typescript/bin/tsc", ["-b"]) },
  {
    name: "format and lint",
    run: () =>
      program("node_modules/@biomejs/biome/bin/biome", ["ci", "--error-on-warnings", "--colors=off"]),
    fix: "npx biome check --write",
  },
  {
    name: "lint with types",
    run: () => program("node_modules/oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]),
  },
  { name: "import rules", run: importRules },
  { name: "links", run: async () => ({ problem: (await checkLinks(ROOT)).join("\n") }) },
  { name: "prose", run: async () => ({ problem: (await lintProse()).join("\n") }) },
  { name: "structure", run: async () => checkStructure(await readSources(ROOT)) },
  { name: "lockfile", run: lockfile, fix: LOCKFILE_FIX },
  { name: "generated files", run: () => program("tools/generate.ts", ["--check"]), fix: "npm run generate" },
];

/** Runs a JavaScript program with this Node. Its output is the problem if it fails. */
async function program(path: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [join(ROOT, path), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "no status"));
  });
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status === 0) return { problem: "" };
  return { problem: `${out}${err}`.trim() || `${path} ended with ${status} and said nothing` };
}

async function lockfile(): Promise<Outcome> {
  return { problem: unverifiedPackages(await readFile(join(ROOT, "package-lock.json"), "utf8")).join("\n") };
}

async function importRules(): Promise<Outcome> {
  return { problem: (await readSources(ROOT)).flatMap(forbiddenImports).join("\n") };
}

/** Runs a check and prints its outcome. */
async function report(check: Check): Promise<boolean> {
  const startedAt = performance.now();
  const { problem, figures = [] } = await check.run();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  if (problem === "") {
    process.stdout.write([`ok      ${check.name} (${seconds} s)\n`, ...figures.map(indented)].join(""));
    return true;
  }
  process.stdout.write(`\nFAILED  ${check.name} (${seconds} s)\n${problem}\n`);
  process.stdout.write(figures.map(indented).join(""));
  if (check.fix !== undefined) process.stdout.write(`fix: ${check.fix}\n`);
  process.stdout.write("\n");
  return false;
}

function indented(line: string): string {
  return `        ${line}\n`;
}

process.stdout.write(`checking ${CHECKS.map(({ name }) => name).join(", ")}\n`);
const results = await Promise.all(CHECKS.map(report));
const failed = CHECKS.filter((_, i) => !results[i]).map(({ name }) => name);
process.stdout.write(failed.length === 0 ? "all checks passed\n" : `failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
