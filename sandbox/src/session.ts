import { constants } from "node:os";
import { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";

/** What a command does with its sandbox; resolves with the exit status. The signal aborts when the user ends it. */
export type SessionBody = (sandbox: Sandbox, ended: AbortSignal) => Promise<number>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command of the terminal on a sandbox of its own, and ends the process with its exit status. Ctrl-C ends both at
 * any moment; a second one does not wait for the sandbox's parts, which end with this process all the same.
 */
export async function runSession(
  options: SandboxOptions & { readonly beforeEnd?: () => void },
  body: SessionBody,
): Promise<never> {
  const ended = new AbortController();
  let sandbox: Sandbox | undefined;
  const end = async (code: number) => {
    if (ended.signal.aborted) process.exit(code);
    // What is still at work loses the parts that it works with, one by one: no news, and no reason to end before them.
    process.on("uncaughtException", () => {});
    ended.abort(new Error("ended by the user"));
    options.beforeEnd?.();
    process.stderr.write("The sandbox is being stopped.\n");
    try {
      await sandbox?.stop();
    } finally {
      // A part that did not stop by itself ends with this process.
      process.exit(code);
    }
  };
  for (const signal of SIGNALS) process.on(signal, () => void end(128 + constants.signals[signal]));
  // Whoever reads the output has gone (`| head`): nobody is left to end the sandbox.
  process.stdout.on("error", () => void end(128 + constants.signals.SIGPIPE));
  const code = await run();
  // What comes after the user's Ctrl-C is no news: the handler above ends the process.
  if (ended.signal.aborted) return new Promise(() => {});
  options.beforeEnd?.();
  await sandbox?.stop();
  process.exit(code);

  async function run(): Promise<number> {
    try {
      sandbox = await startSandbox(options);
      return await body(sandbox, ended.signal);
    } catch (error) {
      if (ended.signal.aborted) return 1;
      options.beforeEnd?.();
      console.error(error instanceof Error ? error.message : error);
      return 1;
    }
  }
}
