import { matchesGlob } from "@rotated-secrets/contract/secret-glob";
import type { KeyChoice } from "../api/resolved-target.ts";
import { isSecretKey, KEY_FORM, MAX_KEY } from "../api/secret-key.ts";
import { bytesOf, HALF_A_PAIR, textOfField } from "./field-text.ts";
import type { Remedy } from "./remedy.ts";
import { shownName, shownNames } from "./shown-names.ts";

/** The most fields in a suggestion to rename them. */
const MAX_SUGGESTED = 5;

/** Keys and their bytes, or the problem. Problems name fields, never values. */
export type Choice =
  | { readonly kind: "keys"; readonly keys: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: "invalid"; readonly problem: string; readonly remedy?: Remedy };

interface ChosenField {
  readonly name: string;
  readonly key: string;
  readonly field: unknown;
}

/** The keys for the fields of a document. A field whose key is in `except` is left out. */
export function chooseKeys(
  fields: ReadonlyMap<string, unknown>,
  { include, exclude, rename }: KeyChoice,
  except: ReadonlyMap<string, unknown>,
): Choice {
  const matches = (globs: readonly string[], name: string) => globs.some((glob) => matchesGlob(glob, name));
  const chosen = [...fields]
    .filter(([name]) => matches(include, name) && !matches(exclude, name))
    .map(([name, field]) => ({ name, key: rename.get(name) ?? name, field }))
    .filter(({ key }) => !except.has(key));
  const wrong = chosen.filter(({ key }) => !isSecretKey(key));
  return wrong.length > 0
    ? unnameable(wrong, [...chosen.map(({ key }) => key), ...except.keys()])
    : keysOf(chosen);
}

function keysOf(chosen: readonly ChosenField[]): Choice {
  const keys = new Map<string, Uint8Array>();
  for (const { name, key, field } of chosen) {
    if (keys.has(key))
      return invalid(
        `two of its fields become the key "${key}": rename or exclude one of them in spec.target.keys`,
      );
    const bytes = bytesOf(textOfField(field));
    if (bytes === undefined) return invalid(`the field ${shownName(name)} has ${HALF_A_PAIR}`);
    keys.set(key, bytes);
  }
  return { kind: "keys", keys };
}

/** Fields whose names are not valid keys, with a suggested key for each. */
function unnameable(wrong: readonly ChosenField[], taken: readonly string[]): Choice {
  const names = shownNames(wrong.map(({ name }) => name));
  const what = wrong.length === 1 ? `the field name ${names} is not` : `none of the field names ${names} is`;
  const used = new Set(taken);
  const renames = wrong.slice(0, MAX_SUGGESTED).map(({ name }) => [name, freeKey(name, used)] as const);
  return {
    kind: "invalid",
    problem: `${what} a valid key of a Secret (${KEY_FORM})`,
    remedy: { kind: "rename", renames: Object.fromEntries(renames) },
  };
}

/** A key like the name that is not in use yet; it is then. */
function freeKey(name: string, used: Set<string>): string {
  const base =
    name
      .replace(/[^-._a-zA-Z0-9]+/g, "_")
      .replace(/^[.]+/, "")
      .slice(0, MAX_KEY - 3) || "field";
  let key = base;
  for (let n = 2; used.has(key); n++) key = `${base}_${n}`;
  used.add(key);
  return key;
}

function invalid(problem: string): Choice {
  return { kind: "invalid", problem };
}
