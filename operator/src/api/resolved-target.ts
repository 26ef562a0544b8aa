import { createHash } from "node:crypto";
import type { RotatedSecretSpec } from "./rotated-secret.ts";
import { DEFAULT_TYPE, type SecretType } from "./target.ts";

/** Characters of a hash: short enough for annotations that people read, and long enough to distinguish specs. */
const HASH_LENGTH = 10;

/** The fields of a document that become keys, and the names of those keys. */
export interface KeyChoice {
  /** Globs. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Names of keys, by field. */
  readonly rename: ReadonlyMap<string, string>;
}

/** The target Secret without its name, with all defaults filled in. */
export interface ResolvedTarget {
  readonly type: SecretType;
  /** Own: the whole Secret. Merge: only the operator's keys in a Secret of others. */
  readonly mode: "Own" | "Merge";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly keys: KeyChoice;
  /** Template texts, by key. */
  readonly template: ReadonlyMap<string, string>;
  readonly deletionPolicy: "Retain" | "Delete";
  /** Short hash of keys and template. Undefined when the Secret gets the document unchanged. */
  readonly specHash: string | undefined;
}

/** Fills in the defaults. `name` is the Secret's name. */
export function resolveTarget(name: string, target: RotatedSecretSpec["target"] = {}): ResolvedTarget {
  const { type = DEFAULT_TYPE, labels = {}, annotations = {}, deletionPolicy = "Retain" } = target;
  const { mode = "Own" } = target;
  const keys: KeyChoice = {
    include: target.keys?.include ?? ["*"],
    exclude: target.keys?.exclude ?? [],
    rename: new Map(Object.entries(target.keys?.rename ?? {})),
  };
  const template = new Map(Object.entries(target.template ?? {}));
  const specHash =
    takesAll(keys) && template.size === 0 ? undefined : hashSpec({ name, type, keys, template });
  return { type, mode, labels, annotations, keys, template, deletionPolicy, specHash };
}

/** Whether all fields become keys with their own names. */
function takesAll({ include, exclude, rename }: KeyChoice): boolean {
  return include.includes("*") && exclude.length === 0 && rename.size === 0;
}

/** Hash of the canonical JSON, with fields and globs sorted. It contains no value, and never changes for the same spec. */
function hashSpec({
  name,
  type,
  keys,
  template,
}: Pick<ResolvedTarget, "type" | "keys" | "template"> & { readonly name: string }): string {
  return shortHash({
    keys: {
      exclude: [...keys.exclude].sort(),
      include: [...keys.include].sort(),
      rename: sorted(keys.rename),
    },
    name,
    template: sorted(template),
    type,
  });
}

/** Short hash of a Secret's labels, annotations and owner in the spec; undefined if the spec sets none of them. */
export function metadataHash(metadata: {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly deletedWithOwner: boolean;
}): string | undefined {
  const labels = sorted(Object.entries(metadata.labels));
  const annotations = sorted(Object.entries(metadata.annotations));
  const { deletedWithOwner } = metadata;
  if (labels.length === 0 && annotations.length === 0 && !deletedWithOwner) return undefined;
  return shortHash({ annotations, deletedWithOwner, labels });
}

function sorted(entries: Iterable<readonly [string, string]>): readonly (readonly [string, string])[] {
  return [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Use it only for values of a spec, never for values of a secret. */
function shortHash(canonical: object): string {
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, HASH_LENGTH);
}
