import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** What the demo's command line asks for. */
export type DemoCommand =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problem: string }
  | {
      readonly kind: "run";
      /** Ends by itself, or stays for the user. */
      readonly afterwards: "end" | "stay";
      /** Absolute path of the file that the report is written to. */
      readonly report: string | undefined;
    };

const HELP = `Shows a database credential being rotated under load, on this machine, with no account and no Docker.

Starts a sandbox (a Kubernetes control plane, a node, an AWS emulator, PostgreSQL), installs the operator with helm, runs
two services that query PostgreSQL all the time, and rotates their credential three times.

Usage: npm run demo [-- FLAGS]

  --once           End after the summary. Exit status 0 only if every rotation came through and nothing failed.
  --report FILE    Write the figures to FILE, as JSON.
  --help           Show this.

Without --once the sandbox stays until Ctrl-C, with commands to try. NO_COLOR=1 turns colours off.
`;

/** Reads the command line. Never throws. */
export function readDemoCommand(args: readonly string[]): DemoCommand {
  const options = {
    once: { type: "boolean" },
    report: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    if (values.report === "") return { kind: "invalid", problem: "--report needs the name of a file" };
    const report = values.report && resolve(values.report);
    return { kind: "run", afterwards: values.once ? "end" : "stay", report };
  } catch (error) {
    return { kind: "invalid", problem: error instanceof Error ? error.message : "unreadable flags" };
  }
}
