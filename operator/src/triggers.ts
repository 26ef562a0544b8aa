import { keyOf } from "@rotated-secrets/kube-runtime/client/kubernetes-object";
import { matchesLabels } from "./api/label-selector.ts";
import { resolveSpec } from "./api/resolved-spec.ts";
import { resolveWorkloadChoice, type WorkloadChoice } from "./api/workload-choice.ts";
import { type WorkloadName, workloadText } from "./api/workload-kind.ts";
import { BY_TARGET, targetKey } from "./kubernetes/known-resources.ts";
import type { WatchedWorkload } from "./kubernetes/readers/watched-workload.ts";
import type { WatchedResources, WatchedRotatedSecret } from "./kubernetes/watched-resources.ts";
import { scopeKey } from "./ports/aws-scope.ts";
import type { SecretCatalogue, SecretSource } from "./ports/secret-catalogue.ts";
import type { SecretValues } from "./ports/secret-values.ts";
import type { ServiceAccounts } from "./ports/service-accounts.ts";
import type { NamespacedName } from "./ports/target-secrets.ts";

/** What the triggers connect. */
export interface TriggersOptions {
  readonly watched: WatchedResources;
  readonly catalogue: SecretCatalogue;
  readonly values: SecretValues;
  readonly serviceAccounts: Pick<ServiceAccounts, "onChange">;
  /** The region of secrets that name none. */
  readonly region: string;
  /** Has a RotatedSecret reconciled. */
  readonly enqueue: (name: NamespacedName) => void;
}

const BY_SOURCE = "by-source";
const BY_SERVICE_ACCOUNT = "by-service-account";
const BY_NAMED_WORKLOAD = "by-named-workload";
/** RotatedSecrets with mode Selector, by namespace. */
const SELECTING = "selecting";

/**
 * What wakes which RotatedSecret: itself, its target Secret, the workloads that read it or that it names or selects, its
 * namespace's labels, any policy, the ServiceAccount that it names, and what AWS says of its secret. Nothing else, so that a
 * change in one costs one.
 */
export function connectTriggers(options: TriggersOptions): void {
  const { watched, catalogue, values, serviceAccounts, enqueue } = options;
  const { store } = watched.rotatedSecrets;
  store.addIndex(BY_SOURCE, (resource) => sourceKeys(resource, options.region));
  store.addIndex(BY_SERVICE_ACCOUNT, (resource) => accountKeys(resource, options.region));
  store.addIndex(BY_NAMED_WORKLOAD, namedWorkloads);
  store.addIndex(SELECTING, (resource) =>
    choiceOf(resource)?.kind === "Selector" ? [resource.metadata.namespace] : [],
  );
  const wake = (index: string, key: string) => {
    for (const { metadata } of store.byIndex(index, key)) enqueue(metadata);
  };
  const wakeAll = (namespace?: string) => {
    for (const { metadata } of store.list(namespace)) enqueue(metadata);
  };
  const wakeReaders = ({ kind, metadata, reads }: WatchedWorkload) => {
    const { namespace, labels = {} } = metadata;
    for (const name of reads) wake(BY_TARGET, keyOf({ namespace, name }));
    wake(BY_NAMED_WORKLOAD, workloadKey(namespace, { kind, name: metadata.name }));
    for (const resource of store.byIndex(SELECTING, namespace)) {
      const choice = choiceOf(resource);
      if (choice?.kind === "Selector" && matchesLabels(choice.selector, labels)) enqueue(resource.metadata);
    }
  };
  connectRotatedSecrets(options, wake);
  watched.secrets.store.subscribe({
    added: ({ metadata }) => wake(BY_TARGET, keyOf(metadata)),
    updated: ({ metadata }) => wake(BY_TARGET, keyOf(metadata)),
    deleted: ({ metadata }) => wake(BY_TARGET, keyOf(metadata)),
  });
  for (const { store: workloads } of Object.values(watched.workloads)) {
    workloads.subscribe({
      added: wakeReaders,
      updated: (now, before) => [now, before].forEach(wakeReaders),
      deleted: wakeReaders,
    });
  }
  watched.policies.store.subscribe({
    added: () => wakeAll(),
    updated: () => wakeAll(),
    deleted: () => wakeAll(),
  });
  watched.namespaces.store.subscribe({
    added: ({ metadata }) => wakeAll(metadata.name),
    updated: ({ metadata }) => wakeAll(metadata.name),
  });
  serviceAccounts.onChange((account) => {
    // Another account of the name, or another role: what the one before was given is not this one's.
    values.forgetAllOf(account);
    wake(BY_SERVICE_ACCOUNT, keyOf(account));
  });
  catalogue.onChange((source) => wake(BY_SOURCE, keyOfSource(source)));
}

/** A RotatedSecret wakes itself and who wants the same target, and has its secret followed as long as anyone wants it. */
function connectRotatedSecrets(options: TriggersOptions, wake: (index: string, key: string) => void): void {
  const { watched, catalogue, values, enqueue, region } = options;
  const { store } = watched.rotatedSecrets;
  const take = (resource: WatchedRotatedSecret) => {
    const source = sourceOf(resource, region);
    if (source !== undefined) catalogue.follow(source);
    enqueue(resource.metadata);
  };
  /** Whoever asked for this secret does so no more; others may. */
  const release = (before: WatchedRotatedSecret) => {
    const source = sourceOf(before, region);
    if (source === undefined || store.byIndex(BY_SOURCE, keyOfSource(source)).length > 0) return;
    const arn = catalogue.cached(source)?.secret?.arn;
    if (arn !== undefined) values.forget(arn, source);
    catalogue.unfollow(source);
  };
  store.subscribe({
    added: take,
    // The answer to our own status write brings nothing new to whoever wrote it.
    updated: (resource, before, origin) => {
      if (origin !== "remembered") take(resource);
      release(before);
    },
    deleted: (resource) => {
      release(resource);
      const target = targetKey(resource);
      if (target !== undefined) wake(BY_TARGET, target);
    },
  });
}

function sourceOf({ parsed }: WatchedRotatedSecret, region: string): SecretSource | undefined {
  if (parsed.kind !== "valid") return undefined;
  const spec = resolveSpec(parsed.resource, { region });
  return { secretId: spec.secretId, region: spec.region, identity: spec.identity };
}

function sourceKeys(resource: WatchedRotatedSecret, region: string): readonly string[] {
  const source = sourceOf(resource, region);
  return source === undefined ? [] : [keyOfSource(source)];
}

function keyOfSource(source: SecretSource): string {
  return `${source.secretId} ${scopeKey(source)}`;
}

function accountKeys(resource: WatchedRotatedSecret, region: string): readonly string[] {
  const identity = sourceOf(resource, region)?.identity;
  return identity?.kind === "ServiceAccount" ? [keyOf(identity)] : [];
}

function choiceOf({ parsed }: WatchedRotatedSecret): WorkloadChoice | undefined {
  return parsed.kind === "valid" ? resolveWorkloadChoice(parsed.resource.spec.rollout?.workloads) : undefined;
}

function namedWorkloads(resource: WatchedRotatedSecret): readonly string[] {
  const choice = choiceOf(resource);
  const { namespace } = resource.metadata;
  return choice?.kind === "Names" ? choice.names.map((name) => workloadKey(namespace, name)) : [];
}

function workloadKey(namespace: string, workload: WorkloadName): string {
  return `${namespace} ${workloadText(workload)}`;
}
