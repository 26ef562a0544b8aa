import { versionAnnotation } from "@rotated-secrets/contract/annotations";
import type { Stage } from "./stage.ts";

/** A pod, as far as it tells which template it was made of. */
export interface PodFacts {
  readonly name: string;
  /** The restart token; undefined without one. */
  readonly restartToken: string | undefined;
  readonly state: "ready" | "not ready" | "terminating";
}

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** All pods of a namespace whose Deployments read the Secret. */
export async function podFacts(
  stage: Stage,
  namespace: string,
  secret: string,
): Promise<readonly PodFacts[]> {
  const { items } = await stage.api.get<{ items: readonly Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    restartToken: metadata.annotations?.[versionAnnotation(secret)],
    state: metadata.deletionTimestamp === undefined ? readiness(status) : "terminating",
  }));
}

function readiness({ conditions = [] }: Pod["status"]): "ready" | "not ready" {
  const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return isReady ? "ready" : "not ready";
}
