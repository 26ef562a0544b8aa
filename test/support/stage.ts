import { join } from "node:path";
import type { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import type { Condition, RotatedSecretStatus } from "@rotated-secrets/operator/api/rotated-secret";
import { clusterClient } from "@rotated-secrets/sandbox/cluster/cluster-client";
import {
  installOperator,
  OPERATOR_RELEASE,
  type OperatorValues,
  operatorPod,
} from "@rotated-secrets/sandbox/operator-release";
import { type Sandbox, type SandboxOptions, startSandbox } from "@rotated-secrets/sandbox/sandbox";
import { eventually } from "./eventually.ts";
import { ALLOW_ALL, IDLE_IMAGE } from "./manifests.ts";
import { nothingLeaked } from "./nothing-leaked.ts";

/** A sandbox with the operator installed by its chart, for tests. `stop` fails if a secret value has leaked. */
export interface Stage extends Sandbox {
  /** The API server as admin, without a process for each question: for what is asked again and again. */
  readonly api: KubeClient;
  /** Status of a RotatedSecret. */
  status(namespace: string, name: string): Promise<RotatedSecretStatus>;
  /** Waits until a condition of a RotatedSecret is as told, and resolves with it. */
  condition(
    namespace: string,
    name: string,
    wanted: Partial<Condition>,
    timeoutMs?: number,
  ): Promise<Condition>;
  /** Waits until the RotatedSecret is at rest with this version everywhere. */
  settled(
    namespace: string,
    name: string,
    versionId: string,
    timeoutMs?: number,
  ): Promise<RotatedSecretStatus>;
  /** The object as the API server has it. */
  get<T = Record<string, never>>(...kubectlArgs: string[]): Promise<T>;
  /** Asks for a rotation by annotation. */
  requestRotation(namespace: string, name: string, text: string): Promise<void>;
  /** Messages of the events of a RotatedSecret, by reason. */
  events(namespace: string, name: string): Promise<ReadonlyMap<string, string>>;
  /** Kills the operator's process by SIGKILL; the node starts it again. */
  killOperator(): Promise<void>;
}

const API_GROUP = "/apis/rotatedsecrets.dev/v1alpha1";

/** Times that let tests run in seconds: AWS is asked often, and rotation retries come quickly. */
const QUICK = { "list-every": "5s", "describe-every": "5s", "describe-unlisted-every": "5s" };

/** Starts a stage. `operator: "absent"` leaves the operator to the test. */
export async function startStage(
  options: SandboxOptions & { readonly operator?: OperatorValues | "absent" } = {},
): Promise<Stage> {
  const { operator = {}, ...sandboxOptions } = options;
  const images = {
    [IDLE_IMAGE]: { command: [process.execPath, join(import.meta.dirname, "idle.mjs")] },
    ...options.images,
  };
  const sandbox = await startSandbox({ ...sandboxOptions, images, aws: { readLagMs: 500, ...options.aws } });
  try {
    if (operator !== "absent") {
      await installOperator(sandbox, {
        policies: [ALLOW_ALL],
        ...operator,
        settings: { ...QUICK, ...operator.settings },
      });
    }
    const api = clusterClient(sandbox.controlPlane.adminKubeconfig);
    const stop = async () => {
      try {
        await nothingLeaked(sandbox);
      } finally {
        await api.close();
        await sandbox.stop();
      }
    };
    return { ...sandbox, ...asks(sandbox, api), stop };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

function asks(sandbox: Sandbox, api: KubeClient): Omit<Stage, keyof Sandbox> {
  const get = async <T>(...args: string[]) =>
    JSON.parse(await sandbox.kubectl("get", ...args, "--output", "json")) as T;
  const status = async (namespace: string, name: string) =>
    (
      await api.get<{ status: RotatedSecretStatus }>(
        `${API_GROUP}/namespaces/${namespace}/rotatedsecrets/${name}`,
      )
    ).status;
  return {
    api,
    get,
    status,
    condition: (namespace, name, wanted, timeoutMs) =>
      eventually(
        `${namespace}/${name} has the condition ${JSON.stringify(wanted)}`,
        async () =>
          (await status(namespace, name)).conditions?.find((condition) => matches(condition, wanted)),
        timeoutMs,
      ),
    settled: (namespace, name, versionId, timeoutMs) =>
      eventually(
        `${namespace}/${name} is at rest with ${versionId}`,
        async () => {
          const seen = await status(namespace, name);
          const isCurrent = seen.conditions?.some(
            ({ type, status: value }) => type === "Current" && value === "True",
          );
          return isCurrent && seen.settled?.versionId === versionId && seen.rotation === undefined
            ? seen
            : undefined;
        },
        timeoutMs,
      ),
    requestRotation: async (namespace, name, text) => {
      await sandbox.kubectl(
        "annotate",
        "rsec",
        name,
        "--namespace",
        namespace,
        "--overwrite",
        `rotatedsecrets.dev/rotate=${text}`,
      );
    },
    events: async (namespace, name) => {
      const { items } = await api.list<{ reason: string; message: string }>(
        `/api/v1/namespaces/${namespace}/events`,
        { fieldSelector: `involvedObject.kind=RotatedSecret,involvedObject.name=${name}` },
      );
      return new Map(items.map(({ reason, message }) => [reason, message]));
    },
    killOperator: async () => {
      const pod = await operatorPod(sandbox);
      const pid = pod === undefined ? undefined : sandbox.node.pid(OPERATOR_RELEASE, pod);
      if (pid === undefined) throw new Error("the operator does not run, so it cannot be killed");
      process.kill(pid, "SIGKILL");
    },
  };
}

function matches(condition: Condition, wanted: Partial<Condition>): boolean {
  return Object.entries(wanted).every(([name, value]) => condition[name as keyof Condition] === value);
}
