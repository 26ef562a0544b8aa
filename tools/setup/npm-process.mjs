// @ts-check
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { isAlive } from "./is-alive.mjs";

const CHECK_EVERY_MS = 500;
const SHELL = /^-?(ba|da|z|k)?sh$/;

/**
 * Calls `end` once when the npm that runs this process is gone. If npm is killed by SIGKILL, it does not end its children,
 * and they would continue unnoticed. Without npm, nothing is watched, so that `nohup node ...` works.
 * @param {() => void} end
 */
export function whenNpmIsGone(end) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const npm = npmAbove(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return;
    clearInterval(timer);
    end();
  }, CHECK_EVERY_MS);
  timer.unref();
}

/** npm starts a shell. Some shells become the command, others stay in between. @param {number} parent */
function npmAbove(parent) {
  const { name, above } = look(parent);
  return SHELL.test(name) && above > 1 ? above : parent;
}

/** Name and parent of a process, from /proc, or from ps if there is no /proc. @param {number} pid */
function look(pid) {
  try {
    if (existsSync("/proc/self/stat")) {
      const [, name = "", above = ""] =
        /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return { name, above: Number(above) };
    }
    const line = execFileSync("ps", ["-o", "ppid=,comm=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [above = "", command = ""] = line.split(/\s+/, 2);
    return { name: command.split("/").pop() ?? "", above: Number(above) };
  } catch {
    return { name: "", above: 0 };
  }
}
