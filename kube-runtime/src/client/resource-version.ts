/**
 * Compares two resource versions of one resource: negative if `a` is older. They are decimal numbers of any length
 * without leading zeros (KEP-5504, comparable resource versions). An absent one is the oldest.
 */
export function compareResourceVersions(a: string | undefined, b: string | undefined): number {
  const left = a ?? "";
  const right = b ?? "";
  if (left.length !== right.length) return left.length - right.length;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
