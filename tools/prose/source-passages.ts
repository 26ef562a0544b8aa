import jsTokens, { type Token } from "js-tokens";
import { commentPassages } from "./comment-passages.ts";
import { CODE, lineBreaksIn, type Passage } from "./passage.ts";

/** A token and the line in which it begins. */
interface Placed {
  readonly token: Token;
  readonly line: number;
}

/** The comments and messages of a TypeScript or JavaScript source. A message is a string of three words or more. */
export function sourcePassages(text: string): readonly Passage[] {
  const tokens = placed(text);
  return [...comments(tokens), ...messages(tokens)].sort((a, b) => a.line - b.line);
}

function placed(text: string): readonly Placed[] {
  let line = 1;
  return [...jsTokens(text)].map((token) => {
    const at = { token, line };
    line += lineBreaksIn(token.value);
    return at;
  });
}

/** Consecutive line comments are one text. */
function comments(tokens: readonly Placed[]): readonly Passage[] {
  const texts: { line: number; lines: string[] }[] = [];
  for (const { token, line } of tokens) {
    const last = texts.at(-1);
    if (token.type === "MultiLineComment") texts.push({ line, lines: inside(token.value) });
    if (token.type !== "SingleLineComment") continue;
    const content = token.value.replace(/^\/\/ ?/, "");
    if (last !== undefined && last.line + last.lines.length === line) last.lines.push(content);
    else texts.push({ line, lines: [content] });
  }
  return texts.flatMap(({ line, lines }) => commentPassages(lines, line));
}

/** The lines of a block comment without its frame. */
function inside(comment: string): string[] {
  return comment
    .replace(/^\/\*+ ?/, "")
    .replace(/\s*\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""));
}

/** A message that is being put together. Its text keeps the line breaks of the source. */
interface Message {
  readonly line: number;
  text: string;
}

/** String literals and templates. Literals joined by `+` are one message; a template's expressions are left out. */
function messages(tokens: readonly Placed[]): readonly Passage[] {
  const found: Message[] = [];
  const openTemplates: Message[] = [];
  /** The message that a `+` would extend, and whether that `+` has been seen. */
  let last: Message | undefined;
  let isJoined = false;
  for (const { token, line } of tokens) {
    const content = literalText(token);
    if (content !== undefined) {
      const endsExpression = token.type === "TemplateMiddle" || token.type === "TemplateTail";
      const extended = endsExpression ? openTemplates.pop() : isJoined ? last : undefined;
      const message = extended ?? { line, text: "" };
      if (extended === undefined) found.push(message);
      append(message, line, endsExpression ? CODE + content : content);
      const beginsExpression = token.type === "TemplateHead" || token.type === "TemplateMiddle";
      if (beginsExpression) openTemplates.push(message);
      last = beginsExpression ? undefined : message;
      isJoined = false;
    } else if (token.value === "+") isJoined = last !== undefined;
    else if (!/^(?:WhiteSpace|LineTerminator|.*Comment)/.test(token.type)) {
      last = undefined;
      isJoined = false;
    }
  }
  return found.filter(({ text }) => hasWords(text)).map((message) => ({ ...message, isProse: false }));
}

function append(message: Message, line: number, content: string): void {
  const missing = line - message.line - lineBreaksIn(message.text);
  message.text += "\n".repeat(Math.max(0, missing)) + content;
}

/** The words of a literal; undefined for other tokens. An escaped line break ends a sentence. */
function literalText({ type, value }: Token): string | undefined {
  if (type !== "StringLiteral" && type !== "NoSubstitutionTemplate" && !type.startsWith("Template")) return;
  return value
    .replace(/^["'`}]/, "")
    .replace(/(?:["'`]|\$\{)$/, "")
    .replace(/\\n/g, ". ")
    .replace(/\\(["'`\\])/g, "$1")
    .replace(/`[^`\n]*`/g, CODE);
}

function hasWords(text: string): boolean {
  return /[a-z]+,?\s+[a-z]+,?\s+[a-z□]+/i.test(text);
}
