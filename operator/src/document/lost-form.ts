import type { ResolvedTarget } from "../api/resolved-target.ts";
import type { DocumentForm } from "../ports/document-form.ts";
import type { SecretDocument } from "./secret-document.ts";

/** The keys in the Secret, which come from an earlier document. */
export interface HeldKeys {
  /** The form of that document; undefined in a Secret of a release that did not record it. */
  readonly form: DocumentForm | undefined;
  readonly keys: readonly string[];
  /** Keys that may be removed: a person has agreed. */
  readonly removable: ReadonlySet<string>;
}

/** Why a document of another form may not replace the one that the Secret holds. Holds no value. */
export interface LostForm {
  readonly problem: string;
  /** The keys that would be removed. */
  readonly keys: readonly string[];
}

/** The first field of a JSON object, also with the wrong quotes or none, as shells and other languages leave them. */
const FIRST_FIELD = /^\s*\{\s*(["']?)[\w./@ -]{1,253}\1\s*:/;
/** The first item of a JSON array of texts or objects. */
const FIRST_ITEM = /^\s*\[\s*("[^"]*"\s*[,\]]|\{\s*["'])/;

/**
 * Whether a text that is not JSON begins like a JSON object or array, such as one with a comma too many. `[section]` of an INI
 * file, `{{ a template }}` and random passwords do not.
 */
export function resemblesJson(text: string): boolean {
  return FIRST_FIELD.test(text) || (FIRST_ITEM.test(text) && !isJson(text));
}

/**
 * Checks that an object stays an object, and that text that begins like JSON is JSON. A rotation or an edit that changes the form
 * of a document is a mistake much more often than a wish, and would take all keys away from their readers.
 *
 * @param keys the keys that the new document makes; undefined if it makes none
 */
export function lostForm(
  { form, whole }: SecretDocument,
  { held, target, keys }: { held: HeldKeys | undefined; target: Shape; keys: readonly string[] | undefined },
): LostForm | undefined {
  const gone = (held?.keys ?? []).filter((key) => keys?.includes(key) !== true);
  if (keys !== undefined && gone.length > 0 && gone.every((key) => held?.removable.has(key)))
    return undefined;
  const before = held === undefined ? undefined : (held.form ?? (gone.length > 0 ? "object" : "text"));
  if (before === "object" && form !== "object")
    return { problem: "it is not a JSON object, but the Secret was made from one", keys: gone };
  const isNewForm = held?.form !== undefined && held.form !== "object" && form === "object";
  if (isNewForm && gone.length > 0)
    return {
      problem: "it is a JSON object, but the Secret was made from a value that was not one",
      keys: gone,
    };
  const isMeantAsText = before !== undefined || takesTextAsItIs(target);
  if (!isMeantAsText && typeof whole === "string" && form === "text" && resemblesJson(whole))
    return { problem: "it begins like JSON, but is not valid JSON", keys: [] };
  return undefined;
}

type Shape = Pick<ResolvedTarget, "keys" | "template">;

/** Whether the spec names the field `value`, which only a value that is not an object has. */
function takesTextAsItIs({ keys, template }: Shape): boolean {
  return (
    keys.include.includes("value") || [...template.values()].some((text) => /[{][{] *value\b/.test(text))
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
