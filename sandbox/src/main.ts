import { parseArgs } from "node:util";
import { aborted } from "./pause.ts";
import { setUpPayments } from "./samples/payments.ts";
import type { Sandbox } from "./sandbox.ts";
import { runSession } from "./session.ts";
import { exportLines, tryLines } from "./try-next.ts";

const HELP = `Starts a Kubernetes control plane with a node, an AWS emulator with the rotation function, and PostgreSQL, all on this
machine, and installs the operator with an example secret that is ready to be rotated. Stays until Ctrl-C.

Usage: npm run sandbox [-- FLAGS]

  --bare    Without the operator, its CRDs and the example.
  --help    Show this.
`;
/** The operator notices at once what is tried by hand. */
const SHORT_TIMES = { "list-every": "5s", "describe-every": "5s", "describe-unlisted-every": "5s" };
const BARE = `Install the resources, and run the operator from source, in the repository:
kubectl apply -f crds/
npm run operator`;

try {
  const { values } = parseArgs({ options: { bare: { type: "boolean" }, help: { type: "boolean" } } });
  if (values.help) process.stdout.write(HELP);
  else await runSession({ progress: (line) => console.log(line) }, values.bare ? offerBare : offerExample);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`);
  process.exitCode = 2;
}

async function offerBare(sandbox: Sandbox, ended: AbortSignal): Promise<number> {
  return offer(sandbox, BARE, ended);
}

async function offerExample(sandbox: Sandbox, ended: AbortSignal): Promise<number> {
  await setUpPayments(sandbox, SHORT_TIMES, (line) => console.log(line));
  return offer(sandbox, tryLines(), ended);
}

async function offer(sandbox: Sandbox, lines: string, ended: AbortSignal): Promise<number> {
  console.log(
    `\nThe sandbox stays until Ctrl-C. In another terminal:\n\n${exportLines(sandbox)}\n\n${lines}\n`,
  );
  await aborted(ended);
  return 0;
}
