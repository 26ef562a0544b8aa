import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Writable } from "node:stream";

/** A process to start. */
export interface ProcessOptions {
  /** The name of the process in errors, and by default of its log file. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly command: string;
  readonly args?: readonly string[];
  /** The complete environment of the process. Nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that stdout and stderr are appended to. @default `<dir>/logs/<name>.log` */
  readonly log?: string;
  /** The user of the process, for a sandbox that runs as root. @default the sandbox's own user */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The signal that asks the program to end. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
}

/** A running process, in its own process group. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Settles when the process has ended. Never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends a signal to the complete process group. Does nothing if the group is gone. */
  kill(signal: NodeJS.Signals): void;
  /** Sends the stop signal, then SIGKILL after `graceMs` (default 5,000 ms). Resolves when the process has ended. */
  stop(graceMs?: number): Promise<void>;
}

const REAPER = join(import.meta.dirname, "reaper.mjs");
// The child registers with the reaper before it becomes the program, so a killed sandbox never leaves it behind. Then
// it closes the pipe, so that the reaper notices the end of the sandbox. bash is preferred, because dash drops
// variables whose names are not identifiers, such as the keys `db.user` or `pass-word` of a Secret in envFrom.
const SHELL = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
const REGISTER = 'echo "+$$" >&3; exec 3>&-; exec "$@"';

/**
 * The child processes of one sandbox. No process outlives the process with this object, regardless of how that one
 * ends.
 */
export class Processes {
  /** The sandbox's private folder. It is removed when the sandbox ends. */
  readonly dir: string;
  readonly #reaper: ChildProcess;
  readonly #register: Writable;
  readonly #running = new Set<RunningProcess>();

  /** Creates `dir` if it does not exist. With `keep: "keep"` the folder stays after the end, with the logs. */
  constructor(dir: string, keep: "keep" | "remove" = "remove") {
    mkdirSync(dir, { recursive: true });
    this.dir = dir;
    this.#reaper = spawn(process.execPath, [REAPER, dir, keep], {
      detached: true,
      stdio: ["pipe", "ignore", "inherit"],
      env: {},
    });
    this.#reaper.unref();
    if (this.#reaper.stdin === null) throw new Error("the sandbox's reaper was started without a pipe");
    this.#register = this.#reaper.stdin;
    // A dead reaper breaks the pipe. The sandbox then still stops its processes itself.
    this.#register.on("error", () => {});
  }

  /**
   * Starts a process. @throws Error if its folder is missing or the sandbox has ended. A missing program is reported in
   * its log and by exit code 127
   */
  spawn(options: ProcessOptions): RunningProcess {
    if (this.#reaperIsGone()) {
      throw new Error(
        `${options.name} is not started: the sandbox was stopped or its reaper was killed, so the process would be left behind`,
      );
    }
    const log = options.log ?? join(this.dir, "logs", `${options.name}.log`);
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, "a");
    try {
      const child = spawn(SHELL, ["-c", REGISTER, "sh", options.command, ...(options.args ?? [])], {
        detached: true,
        cwd: options.cwd ?? this.dir,
        env: { ...options.env },
        stdio: ["ignore", output, output, this.#register],
        ...options.user,
      });
      return this.#adopt(child, options.name, log, options.stopSignal ?? "SIGTERM");
    } finally {
      closeSync(output);
    }
  }

  /** Lets the reaper remove `folder`, which cannot be inside `dir`, when the sandbox ends in any way. */
  removeAtEnd(folder: string): void {
    this.#register.write(`${resolve(folder)}\n`);
  }

  /** Stops all processes, then the reaper, which removes the folder. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
    if (this.#reaperIsGone()) return;
    const gone = once(this.#reaper, "exit");
    this.#reaper.ref();
    this.#register.end();
    await gone;
  }

  #reaperIsGone(): boolean {
    return this.#register.writableEnded || this.#reaper.exitCode !== null || this.#reaper.signalCode !== null;
  }

  #adopt(child: ChildProcess, name: string, log: string, stopSignal: NodeJS.Signals): RunningProcess {
    const pid = child.pid;
    if (pid === undefined) {
      // The reason comes later, as an event. Without a listener that event would end this process.
      child.once("error", () => {});
      throw new Error(
        `${name} could not be started: its folder or /bin/sh is missing, or the machine has no room for another process`,
      );
    }
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const kill = (signal: NodeJS.Signals) => {
      try {
        process.kill(-pid, signal);
      } catch {
        // The group is gone already.
      }
    };
    const stop = async (graceMs = 5_000) => {
      kill(stopSignal);
      const timer = setTimeout(() => kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(timer);
    };
    const running: RunningProcess = { name, pid, log, exited, kill, stop };
    this.#running.add(running);
    void exited.then(() => {
      this.#running.delete(running);
      // The rest of its group ends with it, before the number of the group can be reused.
      kill("SIGKILL");
      this.#register.write(`-${pid}\n`);
    });
    return running;
  }
}
