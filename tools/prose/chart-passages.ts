import { commentPassages } from "./comment-passages.ts";
import { CODE, lineBreaksIn, type Passage } from "./passage.ts";

/** The comments of a YAML file or of a Helm template, and its texts for people: descriptions, summaries, messages. */
export function yamlPassages(text: string): readonly Passage[] {
  const passages: Passage[] = [];
  let comment: { line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const content = /^\s*# ?(.*)$/.exec(line)?.[1];
    if (content === undefined) {
      passages.push(...closed(comment), ...texts(line, i + 1));
      comment = undefined;
    } else if (comment === undefined) comment = { line: i + 1, lines: [content] };
    else comment.lines.push(content);
  }
  return [...passages, ...closed(comment)];
}

/** The lines of a template that Helm prints, commands and manifests left out. */
export function notesPassages(text: string): readonly Passage[] {
  return commentPassages(
    text
      .replace(/\{\{.*?\}\}/gs, (action) => CODE + "\n".repeat(lineBreaksIn(action)))
      .split("\n")
      .map((line) => (/^\s/.test(line) ? "" : line)),
    1,
  );
}

function closed(comment: { line: number; lines: string[] } | undefined): readonly Passage[] {
  return comment === undefined ? [] : commentPassages(comment.lines, comment.line);
}

const TEXT = /^\s*(?:- )?(?:summary|description|message|messageExpression):\s*(\S.*)$/;

function texts(line: string, at: number): readonly Passage[] {
  const [, text] = TEXT.exec(line) ?? [];
  if (text === undefined) return [];
  return [{ line: at, text: text.replace(/\{\{.*?\}\}/g, CODE), isProse: false }];
}
