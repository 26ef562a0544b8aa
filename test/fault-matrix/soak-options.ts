import { parseArgs } from "node:util";
import type { CommandLine } from "@rotated-secrets/sandbox/command-line";

/** The options of a soak. */
export interface SoakOptions {
  /** Number of sandboxes that share the cells. */
  readonly lanes: number;
  /** A part of the names of the cells to run; empty for all. */
  readonly only: string;
}

const MAX_LANES = 16;

const HELP = `Has every fault come over every call that the operator makes, on a real API server and the AWS emulator.

Records which calls a sync (a value that people put into AWS) and a rotation (from its request to the last new pod)
make. Then has each of them killed before, killed after, answered 429, answered 500, timed out (and done all the same a
second later), and cut off after it was done; and looks each time whether all settles, nothing is done twice and the
Secret was whole at every moment. Prints the tables for docs/measurements.md. Takes 15 to 20 minutes.

Usage: npm run soak [-- FLAGS]

  --lanes N     Number of sandboxes that share the work, with 0.6 GB each. Default: 3.
  --only TEXT   Only cells whose name has this in it, such as "rotation, AWS RotateSecret 1, 500".
  --help        Show this.

The exit status is 0 only if no cell failed.
`;

/** Reads the command line. Never throws. */
export function readSoakCommand(args: readonly string[]): CommandLine<SoakOptions> {
  const options = {
    lanes: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    const lanes = Number(values.lanes);
    if (!Number.isInteger(lanes) || lanes < 1 || lanes > MAX_LANES)
      return { kind: "invalid", problem: `--lanes needs a number from 1 to ${MAX_LANES}` };
    return { kind: "run", options: { lanes, only: values.only } };
  } catch (error) {
    return { kind: "invalid", problem: error instanceof Error ? error.message : "unreadable flags" };
  }
}
