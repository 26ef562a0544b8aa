import { CODE, type Passage } from "./passage.ts";

/**
 * The paragraphs of a comment. A blank line, a list item and a tag such as `@param` begin a new one; fenced and indented
 * code is left out.
 * @param lines the comment's lines without their frame
 * @param firstLine where the first of them stands
 */
export function commentPassages(lines: readonly string[], firstLine: number): readonly Passage[] {
  const passages: { line: number; lines: string[] }[] = [];
  let isFenced = false;
  let begins = true;
  for (const [i, line] of lines.entries()) {
    if (/^\s*```/.test(line)) isFenced = !isFenced;
    const isText = !isFenced && /\S/.test(line) && !/^\s*```|^ {4}/.test(line);
    if (!isText) begins = true;
    else if (begins || /^\s*(?:[-*]|\d+\.|@\w+|biome-ignore|oxlint-)\s?/.test(line)) {
      passages.push({ line: firstLine + i, lines: [withoutMarks(line)] });
      begins = false;
    } else passages.at(-1)?.lines.push(line);
  }
  return passages.map(({ line, lines: words }) => ({
    line,
    text: words.join("\n").replace(/`[^`]*`/g, (code) => CODE + "\n".repeat(code.split("\n").length - 1)),
    isProse: true,
  }));
}

/** A line without the mark of a list item, and without a tag and what it names. */
function withoutMarks(line: string): string {
  return line
    .replace(/^\s*(?:[-*]|\d+\.)\s+/, "")
    .replace(/^\s*@param\s+(?:\{.*?\}\s+)?\S+\s*/, "")
    .replace(/^\s*@\w+\s*(?:\{.*?\}\s*)?/, "");
}
