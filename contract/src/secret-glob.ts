/**
 * Whether the glob matches the complete ARN, or any other text. `*` matches any characters including `/`, or none. `?` matches exactly one
 * character. There is no escape, because ARNs of secrets contain neither sign.
 *
 * The number of steps is at most the length of the glob times that of the ARN. After a mismatch only the last `*` is extended
 * by one character: extending an earlier one cannot lead to a match.
 */
export function matchesGlob(glob: string, arn: string): boolean {
  return covers(glob, arn, (sign, character) => sign === "?" || sign === character);
}

/** Whether the glob matches any text of this form. In the form, `?` is one unknown character. */
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
