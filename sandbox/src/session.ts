import { constants } from "node:os";
import { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";

/**
 * The work of a command with its sandbox. Resolves with the exit status. The signal aborts when the user ends the
 * command.
 */
export type SessionBody = (sandbox: Sandbox, ended: AbortSignal) => Promise<number>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command of the terminal with its own sandbox, and ends the process with its exit status. Ctrl-C ends both at
 * any time. A second Ctrl-C does not wait for the parts of the sandbox, which end with this process.
 */
export async function runSession(
  options: SandboxOptions & { readonly beforeEnd?: () => void },
  body: SessionBody,
): Promise<never> {
  const ended = new AbortController();
  let sandbox: Sandbox | undefined;
  const end = async (code: number) => {
    if (ended.signal.aborted) process.exit(code);
    // Running work loses the parts that it uses, one by one. These errors are expected, and must not end the process.
    process.on("uncaughtException", () => {});
    ended.abort(new Error("ended by the user"));
    options.beforeEnd?.();
    process.stderr.write("Stopping the sandbox.\n");
    try {
      await sandbox?.stop();
    } finally {
      // A part that did not stop ends with this process.
      process.exit(code);
    }
  };
  for (const signal of SIGNALS) process.on(signal, () => void end(128 + constants.signals[signal]));
  // The reader of the output is gone (`| head`): end as if by Ctrl-C.
  process.stdout.on("error", () => void end(128 + constants.signals.SIGPIPE));
  const code = await run();
  // Errors after the user's Ctrl-C are expected: the handler above ends the process.
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
