import { invalidParameter } from "../aws-error.ts";
import type { Tag } from "./secret.ts";

const TAGS_PER_SECRET = 50;
/** AWS: General Reference, "Tag naming limits and requirements": users cannot add or remove these. */
const RESERVED = /^aws:/i;

/**
 * The tags after `added` were put. The service model has no bound, and no error for tags, but the errors of the operation.
 * Wording of the refusals not confirmed by AWS.
 * @throws InvalidParameterException for a key that is given twice, a reserved key, and more than 50 tags
 */
export function withTags(before: readonly Tag[] | undefined, added: readonly Tag[]): readonly Tag[] {
  requireOwnKeys(added.map(({ Key }) => Key));
  if (new Set(added.map(({ Key }) => Key)).size < added.length) {
    throw invalidParameter("A request can have each tag key only once.");
  }
  const values = new Map([...(before ?? []), ...added].map(({ Key, Value }) => [Key, Value]));
  if (values.size > TAGS_PER_SECRET) {
    throw invalidParameter(`You can't attach more than ${TAGS_PER_SECRET} tags to a secret.`);
  }
  return [...values].map(([Key, Value]) => ({ Key, Value }));
}

/** The tags that are left without these keys; undefined if there never was a tag. @throws InvalidParameterException */
export function withoutTags(
  before: readonly Tag[] | undefined,
  keys: readonly string[],
): readonly Tag[] | undefined {
  requireOwnKeys(keys);
  return before?.filter(({ Key }) => !keys.includes(Key));
}

function requireOwnKeys(keys: readonly string[]): void {
  const reserved = keys.find((key) => RESERVED.test(key));
  if (reserved === undefined) return;
  throw invalidParameter(`The tag key ${reserved} is reserved: keys that begin with aws: belong to AWS.`);
}
