import type { Container, PodSpec, Volume } from "./pod-spec.ts";

/** How a pod reads one Secret. */
export interface SecretUse {
  /** Whether the pod starts without the Secret: all its references are optional. */
  readonly optional: boolean;
  /** Whether a volume has it. */
  readonly byVolume: boolean;
  /** Names of the containers and init containers that read it. A volume without a mount adds none. */
  readonly containers: ReadonlySet<string>;
}

interface Reference {
  readonly secret: string;
  readonly optional: boolean;
  readonly byVolume: boolean;
  readonly containers: readonly string[];
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
  };
}

function environmentReferences({ name: container, env, envFrom }: Container): readonly Reference[] {
  const sources = [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef),
    ...envFrom.map(({ secretRef }) => secretRef),
  ];
  return sources.flatMap((source) =>
    named(source?.name, { optional: source?.optional ?? false, byVolume: false, containers: [container] }),
  );
}

function volumeReferences(volume: Volume, containers: readonly Container[]): readonly Reference[] {
  const mountedBy = containers
    .filter(({ volumeMounts }) => volumeMounts.some(({ name }) => name === volume.name))
    .map(({ name }) => name);
  const { secret, projected } = volume;
  const sources = [
    { name: secret?.secretName, optional: secret?.optional },
    ...(projected?.sources ?? []).map((source) => ({ ...source.secret })),
  ];
  return sources.flatMap(({ name, optional }) =>
    named(name, { optional: optional ?? false, byVolume: true, containers: mountedBy }),
  );
}

function named(secret: string | undefined, how: Omit<Reference, "secret">): readonly Reference[] {
  return secret === undefined || secret === "" ? [] : [{ secret, ...how }];
}
