// The reaper of one sandbox. It reads lines "+PID", "-PID" and "/FOLDER" from stdin, a pipe from the sandbox. The pipe
// closes when the sandbox ends, in any way, also by SIGKILL. Then it kills every process group that is still
// registered, and removes the sandbox's folder and the registered folders. It is plain JavaScript, so that it starts
// under any Node.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

const [dir, keep] = process.argv.slice(2);
/** @type {Set<number>} */
const groups = new Set();
const folders = new Set();

// Ctrl-C reaches the whole foreground process group, and the reaper must outlive all others.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

/** @param {NodeJS.Signals} signal */
function signalAll(signal) {
  for (const group of groups) {
    try {
      process.kill(-group, signal);
    } catch {
      groups.delete(group);
    }
  }
}

function finish(attempts = 40) {
  signalAll("SIGKILL");
  // Limited, because a group of zombies that no parent collects looks alive forever.
  if (groups.size > 0 && attempts > 0) return setTimeout(finish, 50, attempts - 1);
  if (dir && keep !== "keep") folders.add(dir);
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exit(0);
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line.startsWith("/")) folders.add(line);
    const group = Number(line.slice(1));
    if (!Number.isSafeInteger(group) || group <= 1) return;
    if (line.startsWith("+")) groups.add(group);
    else groups.delete(group);
  })
  .on("close", () => finish());
