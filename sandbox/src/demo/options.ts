import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BREAKABLE, type Breakable } from "./breaks/breaks.ts";

/** The demo's command line, as it was read. */
export type DemoCommand =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problem: string }
  /** Print the instructions of the sandbox that runs. */
  | { readonly kind: "next" }
  | DemoRun;

/** A run of the demo. */
export interface DemoRun {
  readonly kind: "run";
  /** Ends by itself, or stays for the user. */
  readonly afterwards: "end" | "stay";
  /** Absolute path of the file for the report. */
  readonly report: string | undefined;
  /** Runs the same load without the operator afterwards. */
  readonly without: boolean;
  /** The part that breaks in the middle of the second rotation. */
  readonly break: Breakable | undefined;
}

const HELP = `Rotates a database credential three times under load, on this machine. Needs
neither an AWS account nor Docker.

Starts a sandbox (a Kubernetes control plane, a node, an AWS emulator and
PostgreSQL), installs the operator with helm, and runs two services that query
PostgreSQL all the time and never retry.

Usage: npm run demo [-- FLAGS]

  --once           End after the verdict. Exit status 0 only if every rotation
                   ended well and nothing failed.
  --report FILE    Write the figures to FILE, as JSON.
  --without        Run the same load again without the operator, and compare. A
                   stand-in copies AWSCURRENT into the Secret every 30 s and
                   restarts the services blindly; AWS rotates three times, 10 s
                   apart.
  --break PART     Break a part in the middle of the second rotation:
                     database    PostgreSQL crashes while a password changes
                     operator    the operator is killed between two calls, twice
                     api-server  the API server is killed during the rollout
  --next           Print what to try with the sandbox that is running; run this
                   in another terminal.
  --help           Print this.

Without --once the sandbox and the live panel stay until Ctrl-C. NO_COLOR=1
turns colours off. The operator checks AWS every 5 s here; the default is 60 s.
`;

const OPTIONS = {
  once: { type: "boolean" },
  report: { type: "string" },
  without: { type: "boolean" },
  break: { type: "string" },
  next: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Reads the command line. Never throws. */
export function readDemoCommand(args: readonly string[]): DemoCommand {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    if (values.next) return { kind: "next" };
    if (values.report === "") return invalid("--report needs the name of a file");
    if (values.without && values.break !== undefined) return invalid("use either --without or --break");
    const part = BREAKABLE.find((one) => one === values.break);
    if (values.break !== undefined && part === undefined)
      return invalid(`--break takes ${BREAKABLE.join(", ")}, and not "${values.break}"`);
    return {
      kind: "run",
      afterwards: values.once ? "end" : "stay",
      report: values.report && resolve(values.report),
      without: values.without ?? false,
      break: part,
    };
  } catch (error) {
    return invalid(error instanceof Error ? error.message : "unreadable flags");
  }
}

function invalid(problem: string): DemoCommand {
  return { kind: "invalid", problem };
}
