import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { CODE, lineBreaksIn, type Passage } from "./passage.ts";

/** The paragraphs, headings, list items and table cells of a Markdown page. Code and HTML are left out. */
export function markdownPassages(text: string): readonly Passage[] {
  return blocks(lexer(text.replaceAll("\r\n", "\n")), 1);
}

function blocks(tokens: readonly Token[], firstLine: number): Passage[] {
  const passages: Passage[] = [];
  let line = firstLine;
  for (const token of tokens) {
    passages.push(...block(token as MarkedToken, line));
    line += lineBreaksIn(token.raw);
  }
  return passages;
}

function block(token: MarkedToken, line: number): readonly Passage[] {
  switch (token.type) {
    case "heading":
    case "paragraph":
    case "text":
      return [{ line, text: inlineText(token.tokens ?? [token]), isProse: true }];
    case "blockquote":
      return blocks(token.tokens, line);
    case "list":
      return listItems(token.items, line);
    case "table":
      return tableCells(token, line);
    default:
      return [];
  }
}

function listItems(items: readonly Tokens.ListItem[], firstLine: number): readonly Passage[] {
  const passages: Passage[] = [];
  let line = firstLine;
  for (const item of items) {
    passages.push(...blocks(item.tokens, line));
    line += lineBreaksIn(item.raw);
  }
  return passages;
}

/** A row of a table is a line; the line below the header holds no text. */
function tableCells({ header, rows }: Tokens.Table, line: number): readonly Passage[] {
  return [header, [], ...rows].flatMap((cells, i) =>
    cells.map((cell) => ({ line: line + i, text: inlineText(cell.tokens), isProse: true })),
  );
}

function inlineText(tokens: readonly Token[]): string {
  return tokens.map((token) => inline(token as MarkedToken)).join("");
}

function inline(token: MarkedToken): string {
  switch (token.type) {
    case "codespan":
      return CODE + "\n".repeat(lineBreaksIn(token.raw));
    case "strong":
    case "em":
    case "del":
    case "link":
      return inlineText(token.tokens);
    case "br":
      return "\n";
    case "html":
      return "";
    case "text":
      return token.tokens === undefined ? token.text : inlineText(token.tokens);
    default:
      return "text" in token ? token.text : "";
  }
}
