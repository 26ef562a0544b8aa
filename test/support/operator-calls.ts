import { OPERATOR_RELEASE } from "@rotated-secrets/sandbox/operator-release";
import type { Call } from "@rotated-secrets/sandbox/proxy/call";
import type { AnswerHook } from "@rotated-secrets/sandbox/proxy/proxy";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";
import { eventually } from "./eventually.ts";
import { type OperatorProcess, operatorProcess } from "./operator-process.ts";

/** What the operator does to the world while a test looks on. */
export interface OperatorCalls {
  /** Each write to the API server and each call of AWS, by kind and ordinal, in the order of the answers; those after the kill are left out. */
  readonly made: readonly string[];
  /** Whether the operator was killed. */
  readonly killed: boolean;
  /** Looks on until the operator is at rest, and no longer. */
  end(): Promise<void>;
}

/**
 * Looks on at the operator's calls, and, where `killAfter` names one, kills the operator by SIGKILL when the answer to
 * that call is complete and before it has a byte of it: what was asked for is done, and it does not know.
 */
export async function watchCalls(sandbox: Sandbox, killAfter?: string): Promise<OperatorCalls> {
  const { pod } = await restingOperator(sandbox);
  const made: string[] = [];
  const counts = new Map<string, number>();
  let killed = false;
  const hook: AnswerHook = (call) => {
    const kind = kindOf(call);
    if (kind === undefined || killed) return "pass";
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    made.push(`${kind} ${count}`);
    if (made.at(-1) !== killAfter) return "pass";
    process.kill(sandbox.node.pid(OPERATOR_RELEASE, pod) ?? Number.NaN, "SIGKILL");
    killed = true;
    return "drop";
  };
  const proxies = [sandbox.apiProxy, sandbox.awsProxy];
  for (const proxy of proxies) proxy.beforeAnswer(hook);
  return {
    made,
    get killed() {
      return killed;
    },
    end: async () => {
      await restingOperator(sandbox);
      for (const proxy of proxies) proxy.beforeAnswer(undefined);
    },
  };
}

/** What kind of call it is: `AWS RotateSecret`, `PATCH secrets/database`; undefined for a read of the API server. */
function kindOf(call: Call): string | undefined {
  const { method, path, target } = call;
  if (target !== undefined) return `AWS ${target}`;
  if (method === "GET" || isOfTheLease(call)) return undefined;
  const { pathname } = new URL(path, "http://api");
  return `${method} ${pathname.replace(/^.*[/]namespaces[/][^/]+[/]/, "")}`;
}

/** Silence after which an operator that has nothing to do will not begin by itself. */
const REST_MS = 500;

/** Waits until the operator leads and has asked for nothing for a while, so that its next call is of the test's making. */
export async function restingOperator(sandbox: Sandbox): Promise<OperatorProcess> {
  return await eventually("the operator leads and is at rest", async () => {
    const operator = await operatorProcess(sandbox);
    if (operator === undefined || !(await leads(operator))) return undefined;
    const calls = [...sandbox.apiProxy.calls, ...sandbox.awsProxy.calls];
    return lastWork(calls) < Date.now() - REST_MS ? operator : undefined;
  });
}

/** Whether the process is the one of the replicas that works. */
export async function leads(operator: OperatorProcess): Promise<boolean> {
  const metrics = await operator.get("/metrics");
  return metrics?.includes(`leader_election_master_status{name="${OPERATOR_RELEASE}"} 1`) ?? false;
}

/** When something was last asked for, ms since the epoch; the operator's watches and its lease are no work. */
export function lastWork(calls: readonly Call[]): number {
  const work = calls.filter((call) => !call.watch && !isOfTheLease(call));
  return Math.max(0, ...work.map(({ at }) => at));
}

/** Renewing the lease goes on all the time. */
function isOfTheLease({ path }: Call): boolean {
  return path.includes("/leases/");
}
