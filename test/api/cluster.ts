import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startControlPlane } from "@rotated-secrets/sandbox/control-plane/control-plane";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import { findTools } from "@rotated-secrets/sandbox/tools/tools";

/** The result of a program. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A control plane without nodes, and programs that use it as administrator. */
export interface Cluster {
  /** Runs kubectl. Returns any exit status. */
  kubectl(args: readonly string[], input?: string): Promise<Said>;
  /** Runs helm. Returns any exit status. */
  helm(args: readonly string[], input?: string): Promise<Said>;
  /** Ends everything and removes its files. */
  stop(): Promise<void>;
}

/** Starts a control plane, which takes about 5 s. */
export async function startCluster(): Promise<Cluster> {
  const tools = await findTools();
  const dir = await mkdtemp(join(tmpdir(), "rotated-secrets-api-"));
  const processes = new Processes(dir);
  try {
    const { adminKubeconfig } = await startControlPlane({
      dir: join(dir, "control-plane"),
      processes,
      tools,
    });
    const env = { KUBECONFIG: adminKubeconfig, HOME: dir };
    return {
      kubectl: (args, input) => run(tools.kubectl, args, env, input ?? ""),
      helm: (args, input) => run(tools.helm, args, env, input ?? ""),
      stop: () => processes.stop(),
    };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Said> {
  const child = spawn(command, args, { env, stdio: "pipe", timeout: 60_000 });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  child.stdin.end(input);
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
}
