import type { Stage } from "../support/stage.ts";

/** How often a Deployment was changed and rolled. */
export interface DeploymentHistory {
  /** All changes of its spec since it was created. */
  readonly changes: number;
  /** ReplicaSets after its first, by the controller's own count. */
  readonly rollouts: number;
}

interface Deployment {
  readonly metadata: { readonly generation: number; readonly annotations?: Readonly<Record<string, string>> };
}

/** Neither changed nor rolled since it was made. */
export const UNTOUCHED: DeploymentHistory = { changes: 0, rollouts: 0 };
/** Changed once, and rolled by that. */
export const RESTARTED_ONCE: DeploymentHistory = { changes: 1, rollouts: 1 };

/** Its history until now. */
export async function historyOf(stage: Stage, namespace: string, name: string): Promise<DeploymentHistory> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const { metadata } = await stage.api.get<Deployment>(path);
  return {
    changes: metadata.generation - 1,
    rollouts: Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 1) - 1,
  };
}
