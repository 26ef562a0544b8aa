import { readFile } from "node:fs/promises";
import { OPERATOR_RELEASE, operatorPod } from "@rotated-secrets/sandbox/operator-release";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";

/** The operator as it runs now. */
export interface OperatorProcess {
  /** Name of its pod, which a restart of the process keeps. */
  readonly pod: string;
  readonly pid: number;
  /** The answer of its own server, such as to `/metrics`; undefined while it does not answer with 200. */
  get(path: string): Promise<string | undefined>;
}

/** The operator's process; undefined while it does not run. */
export async function operatorProcess(sandbox: Sandbox): Promise<OperatorProcess | undefined> {
  const pod = await operatorPod(sandbox);
  const pid = pod === undefined ? undefined : sandbox.node.pid(OPERATOR_RELEASE, pod);
  if (pod === undefined || pid === undefined) return undefined;
  return {
    pod,
    pid,
    get: async (path) => {
      const { POD_IP, ROTATED_SECRETS_PORT } = await environmentOf(pid);
      const answer = await fetch(`http://${POD_IP}:${ROTATED_SECRETS_PORT}${path}`).catch(() => undefined);
      return answer?.ok ? await answer.text() : undefined;
    },
  };
}

/** The environment that a process was started with; nothing can change it after the start. */
export async function environmentOf(pid: number): Promise<Readonly<Record<string, string>>> {
  const variables = (await readFile(`/proc/${pid}/environ`, "utf8"))
    .split("\0")
    .filter((text) => text !== "");
  return Object.fromEntries(
    variables.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}
