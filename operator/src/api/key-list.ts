/** The keys in an annotation, separated by commas; undefined if there is no annotation. */
export function parseKeyList(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  const keys = text.split(",").map((key) => key.trim());
  return new Set(keys.filter((key) => key !== ""));
}
