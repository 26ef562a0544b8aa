import { createHash } from "node:crypto";
import type { RotatedSecretSpec } from "./rotated-secret.ts";
import { DEFAULT_TYPE, type SecretType } from "./target.ts";

/** The characters of a hash; few, for they stand in annotations that people read, and enough to tell specs apart. */
const HASH_LENGTH = 10;

/** Which fields of a document become which keys. */
export interface KeyChoice {
  /** Globs. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Keys by names of fields. */
  readonly rename: ReadonlyMap<string, string>;
}

/** What the Secret is to be, besides its name, with every default filled in. */
export interface ResolvedTarget {
  readonly type: SecretType;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly keys: KeyChoice;
  /** Texts of templates by the key that they make. */
  readonly template: ReadonlyMap<string, string>;
  readonly deletionPolicy: "Retain" | "Delete";
  /** Short hash of keys and template. Undefined when the Secret gets the document unchanged. */
  readonly specHash: string | undefined;
}

/** Fills in what absent fields mean. `name` is that of the Secret. */
export function resolveTarget(name: string, target: RotatedSecretSpec["target"] = {}): ResolvedTarget {
  const { type = DEFAULT_TYPE, labels = {}, annotations = {}, deletionPolicy = "Retain" } = target;
  const keys: KeyChoice = {
    include: target.keys?.include ?? ["*"],
    exclude: target.keys?.exclude ?? [],
    rename: new Map(Object.entries(target.keys?.rename ?? {})),
  };
  const template = new Map(Object.entries(target.template ?? {}));
  const specHash =
    takesAll(keys) && template.size === 0 ? undefined : hashSpec({ name, type, keys, template });
  return { type, labels, annotations, keys, template, deletionPolicy, specHash };
}

/** Whether a document's fields become keys as they are. */
function takesAll({ include, exclude, rename }: KeyChoice): boolean {
  return include.includes("*") && exclude.length === 0 && rename.size === 0;
}

/** The short hash of the canonical JSON: fields and globs sorted, nothing of a value in it. Never changes for the same spec. */
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

/** A short hash of what a spec asks of a Secret besides its data; undefined where it asks for nothing. */
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

/** Of a value of the spec, and never of a secret's. */
function shortHash(canonical: object): string {
  return createHash("sha256").update(JSON.stringify(canonical)).digest("hex").slice(0, HASH_LENGTH);
}
