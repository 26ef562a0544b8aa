import { commentPassages } from "./comment-passages.ts";
import { CODE, lineBreaksIn, type Passage } from "./passage.ts";

/** Consecutive lines that begin with `#`. */
const COMMENT = /^ *#.*(?:\n *#.*)*/gm;
const HELM_COMMENT = /\{\{-?\s*\/\*([\s\S]*?)\*\//g;
/** A text for people and the lines that continue it, which are indented more than its key. */
const TEXT = /^( *)(?:- )?(?:summary|description|message|messageExpression):(.*(?:\n\1 +(?!- ).*)*)/gm;

/** The comments of a YAML file or a Helm template, and its texts for people: descriptions, summaries and messages. */
export function yamlPassages(text: string): readonly Passage[] {
  const lineAt = (index: number) => 1 + lineBreaksIn(text.slice(0, index));
  return [
    ...[...text.matchAll(COMMENT)].flatMap(({ index, 0: comment }) =>
      commentPassages(
        comment.split("\n").map((line) => line.replace(/^ *# ?/, "")),
        lineAt(index),
      ),
    ),
    ...[...text.matchAll(HELM_COMMENT)].flatMap(({ index, 1: comment = "" }) =>
      commentPassages(comment.split("\n"), lineAt(index)),
    ),
    ...[...text.matchAll(TEXT)].map(({ index, 2: words = "" }) => ({
      line: lineAt(index),
      text: withoutActions(words),
      isProse: false,
    })),
  ].sort((a, b) => a.line - b.line);
}

/** The text that Helm prints after an installation, without commands and manifests, which are indented. */
export function notesPassages(text: string): readonly Passage[] {
  const lines = withoutActions(text).split("\n");
  return commentPassages(
    lines.map((line) => (/^\s/.test(line) ? "" : line)),
    1,
  );
}

function withoutActions(text: string): string {
  return text.replace(/\{\{[\s\S]*?\}\}/g, (action) => CODE + "\n".repeat(lineBreaksIn(action)));
}
