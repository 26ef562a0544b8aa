import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseDuration } from "@rotated-secrets/operator/api/duration";
import type { CommandLine } from "@rotated-secrets/sandbox/command-line";

/** The size and the settings of a run. */
export interface BenchOptions {
  /** Number of RotatedSecrets. */
  readonly n: number;
  /** How long the operator is watched at rest, ms. */
  readonly restMs: number;
  /** Settings of the operator by the names of its flags; the others have the operator's defaults. */
  readonly settings: Readonly<Record<string, string>>;
  /** Absolute path of the file that the figures are written to. */
  readonly json: string | undefined;
  /** Another build to measure in turn with the present one; undefined to measure the present one alone. */
  readonly against: Against | undefined;
}

/** Another build of the operator. */
export interface Against {
  /** Absolute path of its bundle. */
  readonly bundle: string;
  /** How often each of the two builds is measured. */
  readonly rounds: number;
}

const HELP = `Measures the operator with many RotatedSecrets, on a real Kubernetes control plane and the AWS emulator (15 ms latency):
cold start, rest, a single change, a change of all at once. Counts AWS calls, requests to the API server, CPU time and
memory. A bare loop of the same Secret writes shows how fast the machine is. Needs Linux, because it reads /proc.

Usage: npm run bench [-- FLAGS]

  --n COUNT            RotatedSecrets. Default: 100.
  --rest DURATION      How long the operator is watched at rest, such as 60s. Default: 60s.
  --setting NAME=VALUE A setting of the operator, such as kube-qps=50; may be given more than once.
  --against FILE       Measure another build of the operator too, in turn with this one (ours, theirs, ours, theirs ...),
                       each time on a new cluster, and print ours, theirs and the ratio ours:theirs.
  --rounds COUNT       How often each build is measured with --against. Default: 3.
  --json FILE          Write the figures to FILE, as JSON.
  --help               Show this.

To make a bundle of another commit:

  git worktree add ../before COMMIT
  cd ../before && npm ci && npm run bundle && cd -
  npm run bench -- --against ../before/operator/dist/operator.mjs
  git worktree remove --force ../before

Both builds run with the chart of this working tree: its CRDs, its permissions, and those of its flags that both builds
know. A --setting must be known to both.
`;
const MOST_SECRETS = 20_000;
const MOST_ROUNDS = 20;
const DEFAULT_ROUNDS = "3";

/** Reads the command line. Never throws. */
export function readBenchCommand(args: readonly string[]): CommandLine<BenchOptions> {
  const options = {
    n: { type: "string", default: "100" },
    rest: { type: "string", default: "60s" },
    setting: { type: "string", multiple: true },
    against: { type: "string" },
    rounds: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    return {
      kind: "run",
      options: {
        n: countOf("--n", values.n, MOST_SECRETS),
        restMs: parseDuration(values.rest),
        settings: Object.fromEntries((values.setting ?? []).map(settingOf)),
        json: fileOf("--json", values.json),
        against: againstOf(values),
      },
    };
  } catch (error) {
    return { kind: "invalid", problem: error instanceof Error ? error.message : "unreadable flags" };
  }
}

function againstOf(values: {
  readonly against?: string | undefined;
  readonly rounds?: string | undefined;
}): Against | undefined {
  const bundle = fileOf("--against", values.against);
  if (bundle !== undefined)
    return { bundle, rounds: countOf("--rounds", values.rounds ?? DEFAULT_ROUNDS, MOST_ROUNDS) };
  if (values.rounds === undefined) return undefined;
  throw new RangeError("--rounds needs --against: a build by itself is measured once");
}

function countOf(flag: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new RangeError(`${flag} is ${JSON.stringify(text)}: write a whole number from 1 to ${most}`);
}

function settingOf(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new RangeError(`--setting is ${JSON.stringify(text)}: write NAME=VALUE, such as kube-qps=50`);
}

function fileOf(flag: string, text: string | undefined): string | undefined {
  if (text === "") throw new RangeError(`${flag} needs the name of a file`);
  return text === undefined ? undefined : resolve(text);
}
