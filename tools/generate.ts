import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { generatedFiles } from "./generated-files.ts";

const ROOT = join(import.meta.dirname, "..");
/** Folders with generated files only. Any other file there is left over from a kind that was removed. */
const GENERATED_ONLY = ["crds", "charts/rotated-secrets/crds"];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const differing = await differences();
  if (!values.check) {
    await write(differing);
    process.stdout.write(
      differing.length === 0 ? "all generated files are up to date\n" : list("written", differing),
    );
  } else if (differing.length > 0) {
    process.stderr.write(`${list("differ from their sources", differing)}run: npm run generate\n`);
    process.exitCode = 1;
  }
}

/** The generated files that are out of date. A file without text must be removed. */
async function differences(): Promise<readonly { path: string; text?: string }[]> {
  const wanted = generatedFiles();
  const found = await Promise.all(
    wanted.map(({ path }) => readFile(join(ROOT, path), "utf8").catch(() => undefined)),
  );
  const stale = await Promise.all(
    GENERATED_ONLY.map(async (folder) =>
      (await readdir(join(ROOT, folder))).map((name) => `${folder}/${name}`),
    ),
  );
  return [
    ...wanted.filter(({ text }, i) => found[i] !== text),
    ...stale
      .flat()
      .filter((path) => !wanted.some((file) => file.path === path))
      .map((path) => ({ path })),
  ];
}

async function write(files: readonly { path: string; text?: string }[]): Promise<void> {
  for (const { path, text } of files) {
    if (text === undefined)
      throw new Error(`${path} is in a folder of generated files, but nothing generates it: delete it`);
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
}

function list(what: string, files: readonly { path: string }[]): string {
  return `${what}:\n${files.map(({ path }) => `  ${path}\n`).join("")}`;
}

await main();
