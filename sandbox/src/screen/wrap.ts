import { stripVTControlCharacters } from "node:util";

/** Columns that a text takes on a terminal. Colours take none. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Puts parts on lines of at most `width` columns. A part is never broken: one that is too wide has a line of its own. */
export function wrapParts(
  parts: readonly string[],
  options: { readonly width: number; readonly separator: string; readonly indent: string },
): readonly string[] {
  const { width, separator, indent } = options;
  const [first = "", ...others] = parts;
  const lines = [first];
  for (const part of others) {
    const longer = `${lines.at(-1)}${separator}${part}`;
    if (widthOf(longer) <= width) lines[lines.length - 1] = longer;
    // A space at the end of a line is not seen, so it does not begin the next one.
    else if (part !== "") lines.push(`${indent}${part}`);
  }
  return lines.map((line) => line.trimEnd());
}

/** Breaks one line between words. Lines after the first begin with `indent`, by default the indent of the line itself. */
export function wrapLine(line: string, width: number, indent?: string): readonly string[] {
  const own = /^ */.exec(line)?.[0] ?? "";
  const [first = "", ...words] = line.slice(own.length).split(" ");
  return wrapParts([own + first, ...words], { width, separator: " ", indent: indent ?? own });
}

/** The same for the first `count` lines. Where more is left out, the last one ends with an ellipsis. */
export function wrapAtMost(line: string, width: number, count: number): readonly string[] {
  const lines = wrapLine(line, width);
  if (lines.length <= count) return lines;
  const kept = lines.slice(0, count);
  const [last = ""] = wrapLine(kept.at(-1) ?? "", width - 2);
  return [...kept.slice(0, -1), `${last} …`];
}
