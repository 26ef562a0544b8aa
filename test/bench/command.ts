import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDuration } from "@rotated-secrets/operator/api/duration";

/** What a run measures. */
export interface BenchOptions {
  /** How many RotatedSecrets. */
  readonly n: number;
  /** How long the operator is watched at rest, ms. */
  readonly restMs: number;
  /** Settings of the operator by the names of its flags; the others are its own defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Absolute path of the file that the figures are written to. */
  readonly json: string | undefined;
}

/** What the bench's command line asks for. */
export type BenchCommand =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problem: string }
  | { readonly kind: "run"; readonly options: BenchOptions };

const HELP = `Measures the operator with many RotatedSecrets, on a real Kubernetes control plane and the AWS emulator (15 ms latency):
cold start, rest, a single change, a change of all at once. Counts calls of AWS and requests to the API server, CPU time
and memory, beside a bare loop of the same Secret writes. Needs Linux, whose /proc tells them.

Usage: npm run bench [-- FLAGS]

  --n COUNT            RotatedSecrets. Default: 100.
  --rest DURATION      How long the operator is watched at rest, such as 60s. Default: 60s.
  --setting NAME=VALUE A setting of the operator, such as kube-qps=50; may be given more than once.
  --json FILE          Write the figures to FILE, as JSON.
  --help               Show this.
`;
const MOST = 20_000;

/** Reads the command line. Never throws. */
export function readBenchCommand(args: readonly string[]): BenchCommand {
  const options = {
    n: { type: "string", default: "100" },
    rest: { type: "string", default: "60s" },
    setting: { type: "string", multiple: true },
    json: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    return {
      kind: "run",
      options: {
        n: countOf(values.n),
        restMs: parseDuration(values.rest),
        settings: Object.fromEntries((values.setting ?? []).map(settingOf)),
        json: values.json === undefined ? undefined : fileOf(values.json),
      },
    };
  } catch (error) {
    return { kind: "invalid", problem: error instanceof Error ? error.message : "unreadable flags" };
  }
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new RangeError(`--n is ${JSON.stringify(text)}: write a whole number from 1 to ${MOST}`);
}

function settingOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new RangeError(`--setting is ${JSON.stringify(text)}: write NAME=VALUE, such as kube-qps=50`);
}

function fileOf(text: string): string {
  if (text !== "") return resolve(text);
  throw new RangeError("--json needs the name of a file");
}
