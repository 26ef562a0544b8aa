import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Writable } from "node:stream";

/** What to start. */
export interface ProcessOptions {
  /** Names the process in errors and, by default, its log file. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly command: string;
  readonly args?: readonly string[];
  /** The whole environment of the process; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that stdout and stderr are appended to. @default `<dir>/logs/<name>.log` */
  readonly log?: string;
  /** Who the process runs as, for a sandbox that runs as root. @default the sandbox's own user */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** What asks the program to end by itself. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
}

/** A process that runs, in a process group of its own. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Signals the whole process group; a group that is gone is no error. */
  kill(signal: NodeJS.Signals): void;
  /** The stop signal, then SIGKILL after `graceMs` (default 5,000 ms); resolves when the process has ended. */
  stop(graceMs?: number): Promise<void>;
}

const REAPER = join(import.meta.dirname, "reaper.mjs");
// The child tells the reaper of itself before it becomes the program, so there is no moment at which a killed sandbox
// leaves it behind; then it closes the pipe, so that the reaper sees the end when the sandbox ends.
// bash where there is one, for dash drops variables whose names are no identifiers, such as the keys `db.user` or
// `pass-word` of a Secret that a container takes whole.
const SHELL = existsSync("/bin/bash") ? "/bin/bash" : "/bin/sh";
const REGISTER = 'echo "+$$" >&3; exec 3>&-; exec "$@"';

/** The child processes of one sandbox: none of them outlives the process that holds this object, however that one ends. */
export class Processes {
  /** Private folder of the sandbox; removed when the sandbox ends. */
  readonly dir: string;
  readonly #reaper: ChildProcess;
  readonly #register: Writable;
  readonly #running = new Set<RunningProcess>();

  /** Makes `dir` if needed. With `keep: "keep"` the folder stays after the end, for a look at the logs. */
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
    // A reaper that died breaks the pipe; the sandbox then still stops what it started by itself.
    this.#register.on("error", () => {});
  }

  /** Starts a process. @throws when its folder is missing or the sandbox is at its end; a missing program shows in its log and as exit code 127. */
  spawn(options: ProcessOptions): RunningProcess {
    if (this.#reaperIsGone()) {
      throw new Error(
        `${options.name} is not started: the sandbox was stopped or its reaper killed, so nobody would end it`,
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

  /** Has the reaper remove `folder`, one that cannot lie in `dir`, when the sandbox ends, however that one ends. */
  removeAtEnd(folder: string): void {
    this.#register.write(`${resolve(folder)}\n`);
  }

  /** Stops every process, then the reaper, which removes the folder. */
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
      // The reason comes later, as an event, which would end this process if nobody heard it.
      child.once("error", () => {});
      throw new Error(
        `${name} could not be started: its folder or /bin/sh is missing, or no process is to be had`,
      );
    }
    const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    const kill = (signal: NodeJS.Signals) => {
      try {
        process.kill(-pid, signal);
      } catch {
        // The group is gone, which is what a signal to end it wants.
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
      // What the process left of its group goes with it, before its number can be another's.
      kill("SIGKILL");
      this.#register.write(`-${pid}\n`);
    });
    return running;
  }
}
