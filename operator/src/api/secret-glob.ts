/**
 * Whether the glob covers the whole ARN. `*` stands for any characters, `/` included, and for none; `?` for exactly one;
 * all else for itself. There is no escape, for no ARN of a secret holds either sign.
 *
 * Takes at most length of glob times length of ARN steps, whatever the glob: on a mismatch only the last `*` is tried again, one
 * character longer, since an earlier one could not make up for it.
 */
export function matchesGlob(glob: string, arn: string): boolean {
  return covers(glob, arn, (sign, character) => sign === "?" || sign === character);
}

/** Whether the glob covers any text of this form, in which `?` stands for one character that is not known. */
export function mayMatchGlob(glob: string, form: string): boolean {
  return covers(glob, form, (sign, character) => sign === "?" || character === "?" || sign === character);
}

function covers(glob: string, text: string, stands: (sign: string, character: string) => boolean): boolean {
  let g = 0;
  let lastStar = -1;
  let afterStar = 0;
  for (let a = 0; a < text.length; ) {
    if (g < glob.length && glob[g] === "*") {
      lastStar = g++;
      afterStar = a;
    } else if (g < glob.length && stands(glob[g] ?? "", text[a] ?? "")) {
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
