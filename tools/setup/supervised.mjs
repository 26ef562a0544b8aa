// @ts-check
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const REAPER = fileURLToPath(new URL("../../sandbox/src/processes/reaper.mjs", import.meta.url));

/** @type {import("node:stream").Writable | undefined} */
let register;

/**
 * Starts a program in its own process group, which ends when this process ends in any way: a reaper reads a pipe from this
 * process. Signals of the terminal do not reach the group; the caller must forward them.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {import("node:child_process").ChildProcess}
 */
export function spawnSupervised(command, args, options) {
  register ??= startReaper();
  const reaper = register;
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid === undefined) return child;
  reaper.write(`+${pid}\n`);
  child.once("exit", () => {
    try {
      // Other processes of its group end with it.
      process.kill(-pid, "SIGKILL");
    } catch {
      // There are none.
    }
    reaper.write(`-${pid}\n`);
  });
  return child;
}

/**
 * Runs a program until it ends, and passes its output on line by line.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void}} options
 * @returns {Promise<{code: number | null, tail: string}>} exit code (null when it could not start or was killed) and the last lines of its output
 */
export function runToEnd(command, args, { cwd, env, onLine }) {
  return new Promise((resolve) => {
    const child = spawnSupervised(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    /** @type {string[]} */
    let tail = [];
    let rest = "";
    const take = (/** @type {string} */ chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
      tail = [...tail, ...lines].slice(-60);
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.once("error", (error) => resolve({ code: null, tail: error.message }));
    child.once("close", (code) => resolve({ code, tail: [...tail, rest].join("\n").trim() }));
  });
}

function startReaper() {
  const reaper = spawn(process.execPath, [REAPER], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  reaper.unref();
  // The end of the reaper must not end the program.
  reaper.stdin.on("error", () => {});
  return reaper.stdin;
}
