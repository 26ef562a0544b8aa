import { spawn } from "node:child_process";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { forbiddenImports } from "./import-rules.ts";
import { lintProse } from "./prose/lint.ts";

const ROOT = join(import.meta.dirname, "..");

/** Something that must hold of the sources. */
interface Check {
  readonly name: string;
  /** Resolves with what is wrong, as a text for people; with an empty one when nothing is. */
  run(): Promise<string>;
  /** What mends it, where a command does. */
  readonly mend?: string;
}

const CHECKS: readonly Check[] = [
  { name: "types", run: () => program("node_modules/typescript/bin/tsc", ["-b"]) },
  {
    name: "format and lint",
    run: () =>
      program("node_modules/@biomejs/biome/bin/biome", ["ci", "--error-on-warnings", "--colors=off"]),
    mend: "npx biome check --write",
  },
  {
    name: "lint with types",
    run: () => program("node_modules/oxlint/bin/oxlint", ["--type-aware", "--deny-warnings"]),
  },
  { name: "import rules", run: importRules },
  { name: "prose", run: async () => (await lintProse()).join("\n") },
  { name: "generated files", run: () => program("tools/generate.ts", ["--check"]), mend: "npm run generate" },
];

/** Runs a JavaScript program with this Node; resolves with its output if it fails. */
async function program(path: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, path), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "no status"));
  });
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status === 0) return "";
  return `${out}${err}`.trim() || `${path} ended with ${status} and said nothing`;
}

async function importRules(): Promise<string> {
  const sources = glob("{contract,kube-runtime,operator,rotator-lambda,sandbox,test,tools}/**/*.{ts,mjs}", {
    cwd: ROOT,
    exclude: (name) => name === "node_modules" || name === "dist",
  });
  const problems: string[] = [];
  for await (const path of sources) {
    problems.push(...forbiddenImports({ path, text: await readFile(join(ROOT, path), "utf8") }));
  }
  return problems.sort().join("\n");
}

/** Runs a check and says how it went. */
async function report(check: Check): Promise<boolean> {
  const startedAt = performance.now();
  const problem = await check.run();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  if (problem === "") {
    process.stdout.write(`ok      ${check.name} (${seconds} s)\n`);
    return true;
  }
  process.stdout.write(`\nFAILED  ${check.name} (${seconds} s)\n${problem}\n`);
  if (check.mend !== undefined) process.stdout.write(`mended by: ${check.mend}\n`);
  process.stdout.write("\n");
  return false;
}

process.stdout.write(`checking ${CHECKS.map(({ name }) => name).join(", ")}\n`);
const results = await Promise.all(CHECKS.map(report));
const failed = CHECKS.filter((_, i) => !results[i]).map(({ name }) => name);
process.stdout.write(failed.length === 0 ? "all checks passed\n" : `failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
