import { notesPassages, yamlPassages } from "./chart-passages.ts";
import { markdownPassages } from "./markdown-passages.ts";
import { CODE, lineBreaksIn, type Passage } from "./passage.ts";
import { RULES } from "./rules.ts";
import { sentencesOf, wordsIn } from "./sentences.ts";
import { sourcePassages } from "./source-passages.ts";

/** The longest sentence that a page or a comment may have, in words. */
export const MAX_WORDS = 40;

/** A wording that breaks a rule. */
export interface Finding {
  readonly line: number;
  readonly rule: string;
  /** The words in the file. */
  readonly phrase: string;
  /** A plain alternative. */
  readonly say: string;
}

/**
 * The wordings of a file that break a rule, in the order of their lines.
 * @param path its ending says how to read the text
 */
export function findingsIn(path: string, text: string): readonly Finding[] {
  const lines = text.split("\n");
  return passagesOf(path, text)
    .flatMap(findingsInPassage)
    .filter(({ line, rule }) => !isAllowed(lines, line, rule))
    .sort((a, b) => a.line - b.line);
}

/** Whether the linter can read files of this name. */
export function isReadable(path: string): boolean {
  return /\.(?:md|ts|mjs|ya?ml|tpl)$|NOTES\.txt$/.test(path);
}

function passagesOf(path: string, text: string): readonly Passage[] {
  if (path.endsWith(".md")) return markdownPassages(text);
  if (/\.(?:ts|mjs)$/.test(path)) return sourcePassages(text);
  if (path.endsWith("NOTES.txt")) return notesPassages(text);
  return yamlPassages(text);
}

function findingsInPassage(passage: Passage): readonly Finding[] {
  return sentencesOf(passage.text).flatMap(({ text, offset }) => [
    ...broken(text).map(({ name, say, at, length }) => ({
      line: lineAt(passage, offset + at),
      rule: name,
      phrase: excerpt(text, at, length),
      say,
    })),
    ...tooLong(passage, text, offset),
  ]);
}

/** Where a sentence breaks which rule. */
function broken(sentence: string) {
  return RULES.filter(({ unless }) => !unless?.test(sentence)).flatMap(({ name, patterns, say }) =>
    patterns
      .flatMap((pattern) => [...sentence.matchAll(pattern)])
      .map((match) => ({ name, say, at: match.index, length: match[0].length })),
  );
}

function tooLong(passage: Passage, sentence: string, offset: number): readonly Finding[] {
  const count = wordsIn(sentence);
  if (!passage.isProse || count <= MAX_WORDS) return [];
  const say = `${count} words, at most ${MAX_WORDS}: split it`;
  return [{ line: lineAt(passage, offset), rule: "long-sentence", phrase: excerpt(sentence, 0, 40), say }];
}

function lineAt({ line, text }: Passage, offset: number): number {
  return line + lineBreaksIn(text.slice(0, offset));
}

/** The words found, and some that follow. */
function excerpt(sentence: string, from: number, length: number): string {
  const end = from + length;
  const rest = sentence.slice(end, end + 24).replace(/\S*$/, "");
  return `${sentence.slice(from, end)}${rest}`.replace(/\s+/g, " ").replaceAll(CODE, "...").trim();
}

/** A comment on the line or above it may allow one rule, with the reason: `prose: allow RULE because ...`. */
function isAllowed(lines: readonly string[], line: number, rule: string): boolean {
  return [lines[line - 2], lines[line - 1]].some((text) => text?.includes(`prose: allow ${rule} because `));
}
