/**
 * Whether the glob covers the whole ARN. `*` stands for any characters, `/` included, and for none; `?` for exactly one;
 * all else for itself. There is no escape, for no ARN of a secret holds either sign.
 *
 * Takes at most length of glob times length of ARN steps, whatever the glob: on a mismatch only the last `*` is tried again, one
 * character longer, since an earlier one could not make up for it.
 */
export function matchesGlob(glob: string, arn: string): boolean {
  let g = 0;
  let lastStar = -1;
  let afterStar = 0;
  for (let a = 0; a < arn.length; ) {
    if (g < glob.length && glob[g] === "*") {
      lastStar = g++;
      afterStar = a;
    } else if (g < glob.length && (glob[g] === "?" || glob[g] === arn[a])) {
      g++;
      a++;
    } else if (lastStar >= 0) {
      g = lastStar + 1;
      a = ++afterStar;
    } else {
      return false;
    }
  }
  while (glob[g] === "*") g++;
  return g === glob.length;
}
