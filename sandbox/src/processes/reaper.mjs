// The reaper of one sandbox. Reads lines "+PID", "-PID" and "/FOLDER" from stdin, a pipe whose other end the sandbox holds,
// and when that end closes, for whatever reason, SIGKILL included, ends every process group that is still registered and
// removes the sandbox's folder and those that it was told of. Plain JavaScript, so that it starts under any Node.
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

const [dir, keep] = process.argv.slice(2);
/** @type {Set<number>} */
const groups = new Set();
const folders = new Set();

// Ctrl-C reaches the whole foreground group: the reaper must outlive everybody else.
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
  // A bound, because a group of zombies that nobody collects looks alive for ever.
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
