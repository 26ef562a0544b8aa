import { OPERATOR_RELEASE, operatorPod } from "@rotated-secrets/sandbox/operator-release";
import type { Call } from "@rotated-secrets/sandbox/proxy/call";
import { type CallFault, type CallInjection, kill } from "@rotated-secrets/sandbox/proxy/fault";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";
import { eventually } from "./eventually.ts";
import { type OperatorProcess, operatorProcess } from "./operator-process.ts";

/** The calls of the operator during a test. */
export interface OperatorCalls {
  /**
   * Each call of the API server and of AWS, by kind and ordinal (`PATCH secrets/database 1`, `AWS RotateSecret 1`), in
   * the order of arrival; those after the first that was hit by the fault are left out.
   */
  readonly made: readonly string[];
  /** The first call that the fault has struck. */
  readonly struck: Call | undefined;
  /** Looks on until the operator is at rest, and no longer. */
  end(): Promise<void>;
}

/** A fault at one of the calls, which is named as in `made`. */
export interface FaultAtCall extends Pick<CallInjection, "when" | "times" | "fault"> {
  readonly at: string;
}

/** Looks on at the operator's calls from its rest on, with a fault at one of them. */
export async function watchCalls(sandbox: Sandbox, planned?: FaultAtCall): Promise<OperatorCalls> {
  await restingOperator(sandbox);
  const proxies = [sandbox.apiProxy, sandbox.awsProxy];
  const starts = proxies.map(({ calls }) => calls.at(-1)?.number ?? 0);
  const injected = planned === undefined ? [] : proxies.map((proxy) => proxy.inject(injectionOf(planned)));
  const struckBy = () => injected.flatMap(({ hit }) => hit)[0];
  return {
    get made() {
      const until = struckBy()?.at ?? Number.POSITIVE_INFINITY;
      const made = proxies.flatMap(({ calls }, index) =>
        calls.filter(({ number, at }) => number > (starts[index] ?? 0) && at <= until),
      );
      return ordinals(made.toSorted((one, other) => one.at - other.at).flatMap((call) => kindOf(call) ?? []));
    },
    get struck() {
      return struckBy();
    },
    end: async () => {
      await restingOperator(sandbox);
      for (const faults of injected) faults.remove();
    },
  };
}

/** Kills the operator by SIGKILL, at once; the node starts it again. @throws where the operator has no pod */
export async function operatorKill(sandbox: Sandbox): Promise<CallFault> {
  const pod = await operatorPod(sandbox);
  if (pod === undefined) throw new Error("the operator has no pod, so it could not be killed");
  return kill(() => {
    process.kill(sandbox.node.pid(OPERATOR_RELEASE, pod) ?? Number.NaN, "SIGKILL");
  });
}

function injectionOf({ at, when, times = 1, fault }: FaultAtCall): CallInjection {
  const { kind, ordinal } = pointOf(at);
  return { on: (call) => kindOf(call) === kind, nth: ordinal, times, when, fault };
}

/** The kind and the ordinal of a call that is named as in `made`. */
export function pointOf(name: string): { readonly kind: string; readonly ordinal: number } {
  const end = name.lastIndexOf(" ");
  return { kind: name.slice(0, end), ordinal: Number(name.slice(end + 1)) };
}

function ordinals(kinds: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return kinds.map((kind) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind} ${count}`;
  });
}

/** The kind of a call: `AWS RotateSecret`, `PATCH secrets/database`, `GET pods`; undefined for a watch and for the lease. */
function kindOf(call: Call): string | undefined {
  const { method, path, target, watch } = call;
  if (target !== undefined) return `AWS ${target}`;
  if (watch || isOfTheLease(call)) return undefined;
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

/** When the last call was made, ms since the epoch; watches and the lease do not count. */
export function lastWork(calls: readonly Call[]): number {
  const work = calls.filter((call) => !call.watch && !isOfTheLease(call));
  return Math.max(0, ...work.map(({ at }) => at));
}

/** Renewing the lease goes on all the time. */
function isOfTheLease({ path }: Call): boolean {
  return path.includes("/leases/");
}
