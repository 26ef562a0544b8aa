import type { Resource } from "@rotated-secrets/kube-runtime/client/resource";
import { GROUP, ROTATED_SECRET, SECRET_ACCESS_POLICY, VERSION } from "../../api/resources.ts";
import type { WorkloadKind } from "../../api/workload-kind.ts";

const core = { group: "", version: "v1" };
const own = { group: GROUP, version: VERSION };

/** Core Secrets. */
export const SECRETS: Resource = { ...core, plural: "secrets", kind: "Secret", scope: "Namespaced" };
/** Core Pods. */
export const PODS: Resource = { ...core, plural: "pods", kind: "Pod", scope: "Namespaced" };
/** Core Events: `kubectl describe` and `kubectl get events` show their counts, which it does not of events.k8s.io's series. */
export const EVENTS: Resource = { ...core, plural: "events", kind: "Event", scope: "Namespaced" };
/** Core Namespaces. */
export const NAMESPACES: Resource = { ...core, plural: "namespaces", kind: "Namespace", scope: "Cluster" };
/** Core ServiceAccounts. */
export const SERVICE_ACCOUNTS: Resource = {
  ...core,
  plural: "serviceaccounts",
  kind: "ServiceAccount",
  scope: "Namespaced",
};
const apps = { group: "apps", version: "v1", scope: "Namespaced" } as const;

/** The workloads that can be restarted in a rolling way, by kind. */
export const WORKLOADS: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: { ...apps, plural: "deployments", kind: "Deployment" },
  StatefulSet: { ...apps, plural: "statefulsets", kind: "StatefulSet" },
  DaemonSet: { ...apps, plural: "daemonsets", kind: "DaemonSet" },
};
/** CronJobs. */
export const CRON_JOBS: Resource = {
  group: "batch",
  version: "v1",
  plural: "cronjobs",
  kind: "CronJob",
  scope: "Namespaced",
};
/** RotatedSecrets. */
export const ROTATED_SECRETS: Resource = {
  ...own,
  plural: ROTATED_SECRET.plural,
  kind: ROTATED_SECRET.kind,
  scope: ROTATED_SECRET.scope,
};
/** SecretAccessPolicies. */
export const SECRET_ACCESS_POLICIES: Resource = {
  ...own,
  plural: SECRET_ACCESS_POLICY.plural,
  kind: SECRET_ACCESS_POLICY.kind,
  scope: SECRET_ACCESS_POLICY.scope,
};
