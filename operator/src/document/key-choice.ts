import type { KeyChoice } from "../api/resolved-target.ts";
import { matchesGlob } from "../api/secret-glob.ts";
import { isSecretKey, KEY_FORM } from "../api/secret-key.ts";
import { bytesOf, HALF_A_PAIR, textOfField } from "./field-text.ts";

/** The most names in a message, which is shown in a condition. */
const MAX_NAMED = 5;
/** The most characters of a name in a message. */
const MAX_SHOWN = 63;

/** Keys and their bytes, or the problem. Problems name fields, never values. */
export type Choice =
  | { readonly kind: "keys"; readonly keys: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: "invalid"; readonly problem: string };

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
  if (wrong.length > 0)
    return invalid(
      `${named(wrong)} a valid key of a Secret (${KEY_FORM}): rename or exclude it in spec.target.keys`,
    );
  const keys = new Map<string, Uint8Array>();
  for (const { name, key, field } of chosen) {
    if (keys.has(key))
      return invalid(
        `two of its fields become the key "${key}": rename or exclude one of them in spec.target.keys`,
      );
    const bytes = bytesOf(textOfField(field));
    if (bytes === undefined) return invalid(`the field ${shown(name)} has ${HALF_A_PAIR}`);
    keys.set(key, bytes);
  }
  return { kind: "keys", keys };
}

function named(fields: readonly { readonly name: string }[]): string {
  const names = fields.slice(0, MAX_NAMED).map(({ name }) => shown(name));
  const more = fields.length > names.length ? ` and ${fields.length - names.length} more` : "";
  return fields.length === 1
    ? `the field name ${names.join()} is not`
    : `none of the field names ${names.join(", ")}${more} is`;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, MAX_SHOWN));
}

function invalid(problem: string): Choice {
  return { kind: "invalid", problem };
}
