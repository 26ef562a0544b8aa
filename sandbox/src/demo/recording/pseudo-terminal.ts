import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A program that runs on a pseudo terminal. */
export interface PseudoTerminal {
  /** Process that holds the terminal; the program is its child. */
  readonly pid: number;
  /** Types text, such as `\x03` for Ctrl-C. */
  type(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Settles with the program's exit status; null where the process that holds the terminal was killed. */
  readonly ended: Promise<number | null>;
}

const HELPER = join(import.meta.dirname, "pseudo_terminal.py");

/** Runs a program on a pseudo terminal; `onOutput` hears of everything that it writes. Needs Python 3. */
export function startOnTerminal(options: {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly size: TerminalSize;
  readonly onOutput: (text: string) => void;
}): PseudoTerminal {
  const { command, cwd, size, onOutput } = options;
  // A person's terminal shows colours.
  const { NO_COLOR: _, ...env } = process.env;
  const child = spawn("python3", [HELPER, `${size.columns}`, `${size.rows}`, ...command], {
    cwd,
    env: { ...env, TERM: "xterm-256color" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [input, output]: [Writable, Readable] = [child.stdin, child.stdout];
  // The program may end before it has read everything.
  input.on("error", () => {});
  output.setEncoding("utf8").on("data", onOutput);
  return {
    pid: child.pid ?? 0,
    type: (text) => void input.write(text),
    kill: (signal) => void child.kill(signal),
    ended: once(child, "close").then(([code]) => code as number | null),
  };
}
