import { type DeploymentHistory, historyOf } from "../end-to-end/deployment-history.ts";
import { type PodFacts, podFacts } from "../support/pod-facts.ts";
import { type Ground, NAME, NAMESPACE, WORKLOADS } from "./ground.ts";
import type { SecretState } from "./secret-states.ts";

/** All traces of the courses since the beginning: anything done twice stays visible. */
export interface Traces {
  readonly rotations: readonly { readonly token: string; readonly outcome: string | undefined }[];
  /** Calls of RotateSecret that AWS has taken up. */
  readonly takenUp: number;
  /** The versions that were AWSCURRENT, in their order. */
  readonly current: readonly string[];
  /** By the names of the Deployments. */
  readonly workloads: Readonly<Record<string, DeploymentHistory>>;
  readonly pods: readonly Pick<PodFacts, "state">[];
  /** The states of the Secret, in order. */
  readonly states: readonly SecretState[];
}

/** Those until now. */
export async function tracesOf({ stage, secret, states }: Ground): Promise<Traces> {
  const [workloads, pods, seen] = await Promise.all([
    Promise.all(WORKLOADS.map(async (name) => [name, await historyOf(stage, NAMESPACE, name)] as const)),
    podFacts(stage, NAMESPACE, NAME),
    states.all(),
  ]);
  const { rotations, calls, labelMoves } = stage.aws;
  const moves = labelMoves.filter(({ arn, label }) => arn === secret.arn && label === "AWSCURRENT");
  return {
    rotations: rotations.map(({ token, outcome }) => ({ token, outcome })),
    takenUp: calls.filter(({ operation, status }) => operation === "RotateSecret" && status === 200).length,
    current: moves.map(({ versionId }) => versionId),
    workloads: Object.fromEntries(workloads),
    pods,
    states: [...seen],
  };
}
