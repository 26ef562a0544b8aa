import type { Store } from "@rotated-secrets/kube-runtime/cache/store";
import { type KubernetesObject, keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { matchesLabels } from "../api/label-selector.ts";
import type { WorkloadChoice } from "../api/workload-choice.ts";
import { type WorkloadName, workloadText } from "../api/workload-kind.ts";
import type { WatchedWorkload } from "../kubernetes/readers/watched-workload.ts";
import {
  BY_SECRET_ARN,
  BY_TARGET,
  secretArnOf,
  targetKey,
  type WatchedRotatedSecret,
} from "../kubernetes/resources/watched-rotated-secret.ts";
import type { WatchedResources } from "../kubernetes/watched-resources.ts";
import { scopeKey } from "../ports/aws-scope.ts";
import type { SecretCatalogue, SecretSource } from "../ports/secret-catalogue.ts";
import type { SecretValues } from "../ports/secret-values.ts";
import type { ServiceAccounts } from "../ports/service-accounts.ts";
import type { NamespacedName } from "../ports/target-secrets.ts";

/** Options of connectTriggers. */
export interface TriggersOptions {
  readonly watched: WatchedResources;
  readonly catalogue: SecretCatalogue;
  readonly values: SecretValues;
  readonly serviceAccounts: Pick<ServiceAccounts, "onChange">;
  /** Reconciles a RotatedSecret as soon as possible. */
  readonly enqueue: (name: NamespacedName) => void;
  /** Reconciles an AWS secret as soon as possible. */
  readonly enqueueAwsSecret: (key: { readonly arn: string }) => void;
}

const BY_SOURCE = "by-source";
const BY_SERVICE_ACCOUNT = "by-service-account";
const BY_NAMED_WORKLOAD = "by-named-workload";
/** RotatedSecrets with mode Selector, by namespace. */
const SELECTING = "selecting";

/**
 * Enqueues a RotatedSecret when something changes that its decision depends on: the resource itself, its target Secret,
 * workloads that read the Secret or that it names or selects, labels of its namespace, a policy, its ServiceAccount, or
 * its AWS secret. Nothing else, so that one change costs one reconcile. Returns the end of it.
 */
export function connectTriggers(options: TriggersOptions): () => void {
  const wake = wakers(options);
  const ends = [...addIndices(options), ...connectAws(options, wake), ...connectCluster(options, wake)];
  return () => {
    for (const end of ends) end();
  };
}

/** Enqueues RotatedSecrets: those with a value in an index, or all of a namespace. */
interface Wakers {
  readonly by: (index: string, value: string) => void;
  readonly all: (namespace?: string) => void;
}

type Ends = readonly (() => void)[];

function wakers({ watched, enqueue }: TriggersOptions): Wakers {
  const { store } = watched.rotatedSecrets;
  const each = (resources: readonly WatchedRotatedSecret[]) => {
    for (const { metadata } of resources) enqueue(metadata);
  };
  return {
    by: (index, value) => each(store.byIndex(index, value)),
    all: (namespace) => each(store.list(namespace)),
  };
}

function addIndices({ watched }: TriggersOptions): Ends {
  const { store } = watched.rotatedSecrets;
  return [
    store.addIndex(BY_SOURCE, sourceKeys),
    store.addIndex(BY_SERVICE_ACCOUNT, accountKeys),
    store.addIndex(BY_NAMED_WORKLOAD, namedWorkloads),
    store.addIndex(SELECTING, (resource) =>
      choiceOf(resource)?.kind === "Selector" ? [resource.metadata.namespace] : [],
    ),
  ];
}

function connectAws({ catalogue, values, serviceAccounts }: TriggersOptions, wake: Wakers): Ends {
  return [
    serviceAccounts.onChange((account) => {
      // Another account of this name, or another role: values that were read as the former one are not for this one.
      values.forgetAllOf(account);
      wake.by(BY_SERVICE_ACCOUNT, keyOf(account));
    }),
    catalogue.onChange((source) => wake.by(BY_SOURCE, keyOfSource(source))),
  ];
}

function connectCluster(options: TriggersOptions, wake: Wakers): Ends {
  const { watched } = options;
  const wakeOwner = ({ metadata }: KubernetesObject) => wake.by(BY_TARGET, keyOf(metadata));
  const wakeNamespace = ({ metadata }: KubernetesObject) => wake.all(metadata.name);
  const wakeEverything = () => wake.all();
  return [
    connectRotatedSecrets(options, wake),
    ...[watched.secrets, watched.lentSecrets].map(({ store }) =>
      store.subscribe({ added: wakeOwner, updated: wakeOwner, deleted: wakeOwner }),
    ),
    ...Object.values(watched.workloads).map(({ store }) => connectWorkloads(store, options, wake)),
    watched.policies.store.subscribe({
      added: wakeEverything,
      updated: wakeEverything,
      deleted: wakeEverything,
    }),
    watched.namespaces.store.subscribe({ added: wakeNamespace, updated: wakeNamespace }),
  ];
}

/** A workload wakes the RotatedSecrets whose Secret it reads, and those that name or select it, also if they did before. */
function connectWorkloads(
  workloads: Store<WatchedWorkload>,
  { watched, enqueue }: TriggersOptions,
  wake: Wakers,
): () => void {
  const wakeReaders = ({ kind, metadata, reads }: WatchedWorkload) => {
    const { namespace, labels = {} } = metadata;
    for (const name of reads.keys()) wake.by(BY_TARGET, keyOf({ namespace, name }));
    wake.by(BY_NAMED_WORKLOAD, workloadKey(namespace, { kind, name: metadata.name }));
    for (const resource of watched.rotatedSecrets.store.byIndex(SELECTING, namespace)) {
      const choice = choiceOf(resource);
      if (choice?.kind === "Selector" && matchesLabels(choice.selector, labels)) enqueue(resource.metadata);
    }
  };
  return workloads.subscribe({
    added: wakeReaders,
    updated: (now, before) => [now, before].forEach(wakeReaders),
    deleted: wakeReaders,
  });
}

/** A RotatedSecret wakes itself and others with the same target. Its AWS secret is followed while a RotatedSecret wants it. */
function connectRotatedSecrets(options: TriggersOptions, wake: Wakers): () => void {
  const { watched, catalogue, values, enqueue, enqueueAwsSecret } = options;
  const { store } = watched.rotatedSecrets;
  const take = (resource: WatchedRotatedSecret) => {
    const source = sourceOf(resource);
    if (source !== undefined) catalogue.follow(source);
    enqueue(resource.metadata);
  };
  /** This RotatedSecret no longer wants its AWS secret; others may. */
  const release = (before: WatchedRotatedSecret) => {
    const source = sourceOf(before);
    if (source === undefined || store.byIndex(BY_SOURCE, keyOfSource(source)).length > 0) return;
    const arn = catalogue.cached(source)?.secret?.arn;
    if (arn !== undefined) values.forget(arn, source);
    catalogue.unfollow(source);
  };
  /** A rotation that is recorded, or has ended, changes the turn of the other RotatedSecrets of the same AWS secret. */
  const passTurn = (resource: WatchedRotatedSecret) => {
    const arn = secretArnOf(resource);
    if (arn !== undefined && store.byIndex(BY_SECRET_ARN, arn).length > 1) enqueueAwsSecret({ arn });
  };
  return store.subscribe({
    added: take,
    // The answer to the operator's own status write brings nothing new.
    updated: (resource, before, origin) => {
      if (origin !== "remembered") take(resource);
      release(before);
      if (tokenOf(resource) !== tokenOf(before)) passTurn(resource);
    },
    deleted: (resource) => {
      release(resource);
      passTurn(resource);
      const target = targetKey(resource);
      if (target !== undefined) wake.by(BY_TARGET, target);
    },
  });
}

/** Token of the rotation that is under way. */
function tokenOf({ parsed }: WatchedRotatedSecret): string | undefined {
  return parsed.kind === "valid" ? parsed.resource.status.rotation?.token : undefined;
}

function sourceOf({ parsed }: WatchedRotatedSecret): SecretSource | undefined {
  if (parsed.kind !== "valid") return undefined;
  const { secretId, region, identity } = parsed.spec;
  return { secretId, region, identity };
}

function sourceKeys(resource: WatchedRotatedSecret): readonly string[] {
  const source = sourceOf(resource);
  return source === undefined ? [] : [keyOfSource(source)];
}

function keyOfSource(source: SecretSource): string {
  return `${source.secretId} ${scopeKey(source)}`;
}

function accountKeys(resource: WatchedRotatedSecret): readonly string[] {
  const identity = sourceOf(resource)?.identity;
  return identity?.kind === "ServiceAccount" ? [keyOf(identity)] : [];
}

function choiceOf({ parsed }: WatchedRotatedSecret): WorkloadChoice | undefined {
  return parsed.kind === "valid" ? parsed.spec.workloads : undefined;
}

function namedWorkloads(resource: WatchedRotatedSecret): readonly string[] {
  const choice = choiceOf(resource);
  const { namespace } = resource.metadata;
  return choice?.kind === "Names" ? choice.names.map((name) => workloadKey(namespace, name)) : [];
}

function workloadKey(namespace: string, workload: WorkloadName): string {
  return `${namespace} ${workloadText(workload)}`;
}
