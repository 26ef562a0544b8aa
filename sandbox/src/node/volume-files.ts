import type { KeyToPath, VolumeSpec } from "./kubernetes-types.ts";
import type { KeyValues, ObjectData, Reference } from "./object-data.ts";

/** One file of a volume. */
export interface VolumeFile {
  readonly content: Buffer;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
}

/** Files by path inside the volume. */
export type VolumeFiles = ReadonlyMap<string, VolumeFile>;

/** The content of a volume: files from objects, an empty folder, or a kubelet's reason why it is not available. */
export type VolumeContent =
  | { readonly kind: "files"; readonly files: VolumeFiles }
  | { readonly kind: "emptyFolder" }
  | { readonly kind: "missing"; readonly message: string };

/** A ServiceAccount token that a volume contains. */
export type TokenProjection = NonNullable<ProjectedSource["serviceAccountToken"]>;
type ProjectedSource = NonNullable<NonNullable<VolumeSpec["projected"]>["sources"]>[number];
type DownwardItems = NonNullable<NonNullable<VolumeSpec["downwardAPI"]>["items"]>;

/** The sources of volumes. */
export interface VolumeSources extends ObjectData {
  /** A downward API field; `undefined` for a path that the node does not support. */
  field(path: string): string | undefined;
  /** The valid token of a projection. */
  token(projection: TokenProjection): string;
}

interface Selection {
  readonly items?: readonly KeyToPath[] | undefined;
  readonly optional?: boolean | undefined;
  readonly mode: number;
}

const DEFAULT_MODE = 0o644;

class Missing extends Error {}

/** The content of a volume by a kubelet's rules. */
export function volumeContent(volume: VolumeSpec, sources: VolumeSources): VolumeContent {
  try {
    if (volume.emptyDir) return { kind: "emptyFolder" };
    const files = filesOf(volume, sources);
    return files
      ? { kind: "files", files: new Map(files) }
      : { kind: "missing", message: unsupported(volume) };
  } catch (error) {
    if (error instanceof Missing) return { kind: "missing", message: error.message };
    throw error;
  }
}

/** All Secrets and ConfigMaps that a volume refers to. */
export function volumeReferences(namespace: string, volume: VolumeSpec): readonly Reference[] {
  const sources = volume.projected?.sources ?? [];
  const secrets = [volume.secret?.secretName, ...sources.map((source) => source.secret?.name)];
  const configMaps = [volume.configMap?.name, ...sources.map((source) => source.configMap?.name)];
  const all = (resource: Reference["resource"], names: readonly (string | undefined)[]) =>
    names.filter((name) => name !== undefined).map((name) => ({ resource, namespace, name }));
  return [...all("secrets", secrets), ...all("configmaps", configMaps)];
}

/** All token projections of a volume. */
export function tokenProjections(volume: VolumeSpec): readonly TokenProjection[] {
  return (volume.projected?.sources ?? []).flatMap((source) => source.serviceAccountToken ?? []);
}

function filesOf(volume: VolumeSpec, sources: VolumeSources): Iterable<[string, VolumeFile]> | undefined {
  if (volume.secret) {
    const { secretName = "", items, optional, defaultMode: mode = DEFAULT_MODE } = volume.secret;
    return secretFiles(secretName, { items, optional, mode }, sources);
  }
  if (volume.configMap) {
    const { name = "", items, optional, defaultMode: mode = DEFAULT_MODE } = volume.configMap;
    return configMapFiles(name, { items, optional, mode }, sources);
  }
  if (volume.downwardAPI) {
    return downwardFiles(
      volume.downwardAPI.items ?? [],
      volume.downwardAPI.defaultMode ?? DEFAULT_MODE,
      sources,
    );
  }
  if (volume.projected) {
    const mode = volume.projected.defaultMode ?? DEFAULT_MODE;
    return (volume.projected.sources ?? []).flatMap((source) => [...projectedFiles(source, mode, sources)]);
  }
  return undefined;
}

function projectedFiles(
  source: ProjectedSource,
  mode: number,
  sources: VolumeSources,
): Iterable<[string, VolumeFile]> {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (secret)
    return secretFiles(secret.name ?? "", { items: secret.items, optional: secret.optional, mode }, sources);
  if (configMap) {
    return configMapFiles(
      configMap.name ?? "",
      { items: configMap.items, optional: configMap.optional, mode },
      sources,
    );
  }
  if (downwardAPI) return downwardFiles(downwardAPI.items ?? [], mode, sources);
  if (serviceAccountToken) {
    return [[serviceAccountToken.path, { content: Buffer.from(sources.token(serviceAccountToken)), mode }]];
  }
  throw new Missing("the process node projects Secrets, ConfigMaps, fields and ServiceAccount tokens only");
}

function secretFiles(
  name: string,
  selection: Selection,
  sources: VolumeSources,
): Iterable<[string, VolumeFile]> {
  return selected(
    sources.secret(name),
    selection,
    `secret "${name}" not found`,
    "references non-existent secret key",
  );
}

function configMapFiles(
  name: string,
  selection: Selection,
  sources: VolumeSources,
): Iterable<[string, VolumeFile]> {
  const absentKey = "configmap references non-existent config key";
  return selected(sources.configMap(name), selection, `configmap "${name}" not found`, absentKey);
}

function* selected(
  data: KeyValues | undefined,
  { items, optional, mode }: Selection,
  absent: string,
  absentKey: string,
): Iterable<[string, VolumeFile]> {
  if (!data && !optional) throw new Missing(absent);
  const wanted = items ?? Object.keys(data ?? {}).map((key): KeyToPath => ({ key, path: key }));
  for (const item of wanted) {
    const content = data?.[item.key];
    if (content) yield [item.path, { content, mode: item.mode ?? mode }];
    else if (!optional) throw new Missing(`${absentKey}: ${item.key}`);
  }
}

function* downwardFiles(
  items: DownwardItems,
  mode: number,
  sources: VolumeSources,
): Iterable<[string, VolumeFile]> {
  for (const item of items) {
    // resourceFieldRef: processes of a sandbox have no limits, so it has no value.
    if (!item.fieldRef) continue;
    const value = sources.field(item.fieldRef.fieldPath);
    if (value === undefined) throw new Missing(`unsupported fieldPath: ${item.fieldRef.fieldPath}`);
    yield [item.path, { content: Buffer.from(value), mode: item.mode ?? mode }];
  }
}

function unsupported(volume: VolumeSpec): string {
  const type = Object.keys(volume).find((key) => key !== "name") ?? "no type";
  return `the process node does not support volumes of type ${type}; use secret, configMap, projected, downwardAPI or emptyDir`;
}
