// @ts-check
// Runs a script of this repository under Node 24, set up first: `node tools/run.mjs [--with-tools] SCRIPT [args...]`.
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { whenNpmIsGone } from "./setup/npm-process.mjs";
import { spawnSupervised } from "./setup/supervised.mjs";
import { ROOT, setUp } from "./setup.mjs";

/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP"];
// npm forwards a signal that the terminal has already sent to all processes. Within this time, it is the same Ctrl-C.
const SAME_SIGNAL_MS = 1_000;

/** Path of a Node 24: the one in the npm packages, or the running one. */
function node24() {
  for (const name of [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ]) {
    const binary = join(ROOT, "node_modules", name, "bin", "node");
    if (existsSync(binary)) return binary;
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  throw new Error(
    `This needs Node 24, and there is no npm package with it for ${process.platform}-${process.arch}. ` +
      `Install Node 24 or later (https://nodejs.org) and run the command with it; this is ${process.version}.`,
  );
}

/**
 * Runs a script in the root folder until it ends, as npm does. It shares the terminal, the signals and the end of this process.
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {Promise<number>} the script's exit code, or 128 and the number of the signal that ended it
 */
function run(script, args) {
  const child = spawnSupervised(node24(), [script, ...args], { cwd: ROOT, stdio: "inherit" });
  /** @type {Map<NodeJS.Signals, number>} */
  const sent = new Map();
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    if (Date.now() - (sent.get(signal) ?? 0) < SAME_SIGNAL_MS) return;
    sent.set(signal, Date.now());
    child.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, pass);
  whenNpmIsGone(() => pass("SIGTERM"));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });
}

const withTools = process.argv[2] === "--with-tools";
const [script, ...args] = process.argv.slice(withTools ? 3 : 2);
if (!script) {
  console.error("usage: node tools/run.mjs [--with-tools] SCRIPT [args...]");
  process.exit(2);
}
try {
  await setUp({ withTools });
  process.exit(await run(join(ROOT, script), args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
