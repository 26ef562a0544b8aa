import type { Container, PodSpec, Volume } from "./pod-spec.ts";

/** How a pod reads one Secret. */
export interface SecretUse {
  /** Whether the pod starts without the Secret: all its references are optional. */
  readonly optional: boolean;
  /** Whether a volume has it. */
  readonly byVolume: boolean;
  /** Names of the containers and init containers that read it. A volume without a mount adds none. */
  readonly containers: ReadonlySet<string>;
  /** Keys that it names and that are not optional: without one of them, a container of the pod does not start. */
  readonly neededKeys: ReadonlySet<string>;
}

interface Reference {
  readonly secret: string;
  readonly optional: boolean;
  readonly byVolume: boolean;
  readonly containers: readonly string[];
  /** The keys that it names; empty if it takes all keys that there are. */
  readonly keys: readonly string[];
}

/**
 * The Secrets that a pod, or the pods of a template, read, by name: env, envFrom, Secret volumes and projected volumes, in containers and init
 * containers. Secrets that only the kubelet reads (imagePullSecrets, credentials of storage) do not count.
 */
export function secretUses(spec: PodSpec): ReadonlyMap<string, SecretUse> {
  const containers = [...spec.initContainers, ...spec.containers];
  const references = [
    ...containers.flatMap(environmentReferences),
    ...spec.volumes.flatMap((volume) => volumeReferences(volume, containers)),
  ];
  const uses = new Map<string, SecretUse>();
  for (const reference of references)
    uses.set(reference.secret, joined(uses.get(reference.secret), reference));
  return uses;
}

function joined(use: SecretUse | undefined, reference: Reference): SecretUse {
  return {
    optional: (use?.optional ?? true) && reference.optional,
    byVolume: (use?.byVolume ?? false) || reference.byVolume,
    containers: new Set([...(use?.containers ?? []), ...reference.containers]),
    neededKeys: new Set([...(use?.neededKeys ?? []), ...(reference.optional ? [] : reference.keys)]),
  };
}

function environmentReferences({ name: container, env, envFrom }: Container): readonly Reference[] {
  const sources = [
    ...env.map(({ valueFrom }) => ({ ...valueFrom?.secretKeyRef })),
    ...envFrom.map(({ secretRef }) => ({ ...secretRef, key: undefined })),
  ];
  return sources.flatMap(({ name, key, optional = false }) =>
    named(name, {
      optional,
      byVolume: false,
      containers: [container],
      keys: key === undefined ? [] : [key],
    }),
  );
}

function volumeReferences(volume: Volume, containers: readonly Container[]): readonly Reference[] {
  const mountedBy = containers
    .filter(({ volumeMounts }) => volumeMounts.some(({ name }) => name === volume.name))
    .map(({ name }) => name);
  const { secret, projected } = volume;
  const sources = [
    { ...secret, name: secret?.secretName },
    ...(projected?.sources ?? []).map((source) => ({ ...source.secret })),
  ];
  return sources.flatMap(({ name, optional = false, items = [] }) =>
    named(name, {
      optional,
      byVolume: true,
      containers: mountedBy,
      keys: items.map(({ key }) => key),
    }),
  );
}

function named(secret: string | undefined, how: Omit<Reference, "secret">): readonly Reference[] {
  return secret === undefined || secret === "" ? [] : [{ secret, ...how }];
}
