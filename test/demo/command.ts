import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import { eventually } from "../support/eventually.ts";

/** A command of the repository that runs, as npm runs it. */
export interface Command {
  readonly pid: number;
  /** Its output so far, on stdout and stderr. */
  output(): string;
  /** Waits until this is in its output. @throws when it ends before */
  said(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Waits for its end, and resolves with its exit status; null when it was killed. */
  ended(): Promise<number | null>;
}

/** Runs the program of `npm run demo` or `npm run sandbox`; its output goes to pipes. */
export function startCommand(script: "demo/main.ts" | "main.ts", ...args: string[]): Command {
  const program = [join(ROOT, "tools", "run.mjs"), "--with-tools", `sandbox/src/${script}`, ...args];
  const child: ChildProcess = spawn(process.execPath, program, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  return {
    pid: child.pid ?? 0,
    output: () => output,
    said: async (text) => {
      const stillRuns = () => child.exitCode === null && child.signalCode === null;
      await eventually(`sandbox/src/${script} says "${text}"`, () =>
        output.includes(text) || !stillRuns() ? true : undefined,
      );
      if (!output.includes(text))
        throw new Error(`sandbox/src/${script} ended without saying "${text}":\n${output}`);
    },
    kill: (signal) => void child.kill(signal),
    ended: async () => {
      const [code] = (await end) as [number | null];
      return code;
    },
  };
}
