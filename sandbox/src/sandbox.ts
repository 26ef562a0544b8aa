import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AwsEmulator, type AwsEmulatorOptions, startAwsEmulator } from "./aws/emulator.ts";
import { bundles } from "./bundles.ts";
import { trustCluster } from "./cluster/cluster-issuer.ts";
import { type ControlPlane, startControlPlane } from "./control-plane/control-plane.ts";
import { sandboxImages } from "./images.ts";
import {
  type Image,
  type ProcessNode,
  type ProcessNodeOptions,
  startProcessNode,
} from "./node/process-node.ts";
import { type PostgresServer, startPostgres } from "./postgres/postgres.ts";
import { Processes } from "./processes/processes.ts";
import { type FaultProxy, startProxy } from "./proxy/proxy.ts";
import { run } from "./run.ts";
import { findTools, type ToolPaths } from "./tools/tools.ts";

/** The name of each sandbox's folder begins with this; the folder lies in the system's folder for temporary files. */
export const SANDBOX_FOLDER_PREFIX = "rotated-secrets-sandbox-";

/** The options of a sandbox. */
export interface SandboxOptions {
  /** Receives a line for each part that is started. @default none */
  readonly progress?: (line: string) => void;
  /** Options of the AWS emulator. @default its own defaults */
  readonly aws?: Partial<Omit<AwsEmulatorOptions, "processes" | "dir">>;
  /** Options of the node. @default its own defaults */
  readonly node?: Pick<ProcessNodeOptions, "restartBackoff">;
  /** Additional image names, and their meaning. */
  readonly images?: Readonly<Record<string, Image>>;
  /** Whether the folder, with all logs, stays after the end. @default "remove" */
  readonly folder?: "keep" | "remove";
}

/** A cluster with a node, an AWS and a PostgreSQL on this machine. */
export interface Sandbox {
  /** The private folder of logs, certificates and data. */
  readonly dir: string;
  readonly processes: Processes;
  readonly tools: ToolPaths;
  readonly controlPlane: ControlPlane;
  readonly node: ProcessNode;
  readonly aws: AwsEmulator;
  readonly postgres: PostgresServer;
  /** The API server for pods. */
  readonly apiProxy: FaultProxy;
  /** AWS for pods. The rotation function calls the emulator directly. */
  readonly awsProxy: FaultProxy;
  /** The deployed rotation function, and its log. */
  readonly rotator: { readonly arn: string; readonly logPath: string };
  /** The environment variables with which kubectl, helm, the AWS CLI and `npm run operator` use this sandbox. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs kubectl as admin. Resolves with its output. @throws Error with its error output */
  kubectl(...args: string[]): Promise<string>;
  /** Applies manifests, as objects or YAML. */
  apply(...manifests: (object | string)[]): Promise<string>;
  /** Runs helm as admin. @throws Error with its error output */
  helm(...args: string[]): Promise<string>;
  /** Stops everything that was started. */
  stop(): Promise<void>;
}

/**
 * Starts a sandbox, in about 7 s if its programs are there. Several can run at the same time. @throws Error if a part
 * does not start; the others are then stopped
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const dir = mkdtempSync(join(tmpdir(), SANDBOX_FOLDER_PREFIX));
  const processes = new Processes(dir, options.folder ?? "remove");
  try {
    return await startParts(dir, processes, options);
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

async function startParts(dir: string, processes: Processes, options: SandboxOptions): Promise<Sandbox> {
  const { progress = () => {} } = options;
  const tools = await findTools();
  const built = await bundles();
  const [controlPlane, postgres, aws] = await Promise.all([
    startControlPlane({ dir: join(dir, "control-plane"), processes, tools, progress }),
    startPostgres({ dir: join(dir, "postgres"), processes }).then(told(progress, "PostgreSQL")),
    startAwsEmulator({ ...options.aws, dir: join(dir, "aws"), processes }).then(
      told(progress, "the AWS emulator"),
    ),
  ]);
  trustCluster(aws, controlPlane);
  const { serving, caPem } = controlPlane;
  const apiProxy = await startProxy({ upstream: controlPlane.url, upstreamCaPem: caPem, serving });
  const awsProxy = await startProxy({ upstream: aws.endpoint });
  const node = await startProcessNode({
    ...options.node,
    dir: join(dir, "node"),
    processes,
    kubeconfig: await controlPlane.kubeconfigFor({ user: "sandbox-node", groups: ["system:masters"] }),
    apiServerUrlForPods: apiProxy.url,
    caPem,
    serving,
    images: { ...sandboxImages(built), ...options.images },
  });
  told(progress, "the node")(node);
  const rotator = await aws.deployFunction({
    name: "rotator",
    bundle: built.rotator,
    handler: "handler",
    environment: postgres.caPath === undefined ? {} : { NODE_EXTRA_CA_CERTS: postgres.caPath },
  });
  const environment = { KUBECONFIG: controlPlane.adminKubeconfig, ...aws.credentials("admin") };
  const tool = (program: string) => (args: readonly string[], input?: string) =>
    run(program, args, {
      env: { ...environment, HOME: dir, PATH: process.env.PATH ?? "" },
      ...(input === undefined ? {} : { input }),
    });
  const kubectl = tool(tools.kubectl);
  return {
    dir,
    processes,
    tools,
    controlPlane,
    node,
    aws,
    postgres,
    apiProxy,
    awsProxy,
    rotator,
    environment,
    kubectl: (...args) => kubectl(args),
    apply: (...manifests) => kubectl(["apply", "-f", "-"], manifests.map(asDocument).join("\n---\n")),
    helm: (...args) => tool(tools.helm)(args),
    stop: async () => {
      await node.stop();
      await Promise.all([apiProxy.stop(), awsProxy.stop(), aws.stop(), controlPlane.stop(), postgres.stop()]);
      await processes.stop();
    },
  };
}

function told(progress: (line: string) => void, part: string): <T>(started: T) => T {
  const start = Date.now();
  return (started) => {
    progress(`${part} is ready after ${((Date.now() - start) / 1_000).toFixed(1)} s`);
    return started;
  };
}

/** JSON is YAML. */
function asDocument(manifest: object | string): string {
  return typeof manifest === "string" ? manifest : JSON.stringify(manifest);
}
