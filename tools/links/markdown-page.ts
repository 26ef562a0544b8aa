import { type MarkedToken, marked, type Token } from "marked";

/** The parts of a Markdown page that links are about. */
export interface MarkdownPage {
  /** The targets of its links and images, as written. */
  readonly links: readonly string[];
  /** The anchors of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads the links and headings of a page. Code is left out. */
export function markdownPage(text: string): MarkdownPage {
  const links: string[] = [];
  const anchors = new Set<string>();
  void marked.walkTokens(marked.lexer(text), (token: Token) => {
    const { type, ...parts } = token as MarkedToken;
    if ((type === "link" || type === "image") && "href" in parts) links.push(parts.href);
    if (type === "heading" && "text" in parts) anchors.add(anchorOf(parts.text));
  });
  return { links, anchors };
}

/** GitHub: lower case, punctuation removed, blanks as hyphens. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
