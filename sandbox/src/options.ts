import { parseArgs } from "node:util";

/** The sandbox's command line, as it was read. */
export type SandboxCommand =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "invalid"; readonly problem: string }
  /** Print the manifests of the example. */
  | { readonly kind: "yaml" }
  /** Print the instructions of the sandbox that runs. */
  | { readonly kind: "next" }
  | { readonly kind: "run"; readonly content: "example" | "nothing" };

const HELP = `Starts a Kubernetes control plane with a node, an AWS emulator with the rotation
function, and PostgreSQL, all on this machine. Installs the operator and an
example: a secret in AWS, a RotatedSecret, and two services that read its Secret
and query PostgreSQL all the time. Stays until Ctrl-C.

Usage: npm run sandbox [-- FLAGS]

  --bare    Start without the operator, its CRDs and the example.
  --next    Print what to try with the sandbox that is running; run this in
            another terminal.
  --yaml    Print the manifests of the example, with the images that run here and
            the variables that they need.
  --help    Print this.
`;

const OPTIONS = {
  bare: { type: "boolean" },
  next: { type: "boolean" },
  yaml: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** Reads the command line. Never throws. */
export function readSandboxCommand(args: readonly string[]): SandboxCommand {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false });
    if (values.help) return { kind: "help", text: HELP };
    if (values.yaml) return { kind: "yaml" };
    if (values.next) return { kind: "next" };
    return { kind: "run", content: values.bare ? "nothing" : "example" };
  } catch (error) {
    return { kind: "invalid", problem: error instanceof Error ? error.message : "unreadable flags" };
  }
}
