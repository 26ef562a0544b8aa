import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import type { WorkloadKind } from "../../api/workload-kind.ts";
import { WORKLOADS } from "../api-server/api-resources.ts";
import { type ReadFailure, type WatchedResource, watchedResource } from "../api-server/watched-resource.ts";
import { watchedDaemonSet } from "./watched-daemon-set.ts";
import { watchedDeployment } from "./watched-deployment.ts";
import { watchedStatefulSet } from "./watched-stateful-set.ts";
import type { WatchedWorkload } from "./watched-workload.ts";

/** The workloads of the cluster, by kind. */
export type WatchedWorkloads = Readonly<Record<WorkloadKind, WatchedResource<WatchedWorkload>>>;

/** Index of workloads by `namespace/name` of each Secret that their pod template reads. */
export const READS_SECRET = "reads-secret";

/** Reduces a workload of each kind to the part that is kept. */
export const REDUCE_WORKLOAD: Readonly<Record<WorkloadKind, (object: unknown) => WatchedWorkload>> = {
  Deployment: watchedDeployment,
  StatefulSet: watchedStatefulSet,
  DaemonSet: watchedDaemonSet,
};

/** The workloads of the cluster, with the index `READS_SECRET`. */
export function watchedWorkloads(failed: ReadFailure): WatchedWorkloads {
  const ofKind = (kind: WorkloadKind) => {
    const resource = watchedResource(WORKLOADS[kind], { transform: REDUCE_WORKLOAD[kind], failed });
    resource.store.addIndex(READS_SECRET, ({ metadata: { namespace }, reads }) =>
      [...reads.keys()].map((name) => keyOf({ namespace, name })),
    );
    return resource;
  };
  return {
    Deployment: ofKind("Deployment"),
    StatefulSet: ofKind("StatefulSet"),
    DaemonSet: ofKind("DaemonSet"),
  };
}
