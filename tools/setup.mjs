// @ts-check
// Prepares a clone: `node tools/setup.mjs [--with-tools]`. Runs under Node 20, before anything is installed.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { provideDependencies } from "./setup/dependencies.mjs";
import { providePgbouncer } from "./setup/provide-pgbouncer.mjs";
import { provideTools } from "./setup/provide-tools.mjs";

/** Folder of the repository. */
export const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

/**
 * Installs the npm packages and, on request, the programs of the sandbox. Prints nothing if all of them exist.
 * @param {{withTools: boolean}} options
 * @throws Error that says what to do
 */
export async function setUp({ withTools }) {
  await provideDependencies(ROOT);
  if (!withTools) return;
  await provideTools(ROOT);
  await providePgbouncer();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const unknown = process.argv.slice(2).filter((argument) => argument !== "--with-tools");
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(" ")}\nusage: node tools/setup.mjs [--with-tools]`);
    process.exit(2);
  }
  try {
    await setUp({ withTools: process.argv.includes("--with-tools") });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
