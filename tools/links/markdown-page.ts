import { type MarkedToken, marked, type Token } from "marked";

/** The parts of a Markdown page that refer to other files. */
export interface MarkdownPage {
  /** The targets of its links and images, as written. */
  readonly links: readonly string[];
  /** Paths of files and folders in inline code, such as `tools/check.ts`. */
  readonly paths: readonly string[];
  /** The anchors of its headings, as GitHub makes them. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads the links, paths and headings of a page. Code blocks are left out. */
export function markdownPage(text: string): MarkdownPage {
  const links: string[] = [];
  const paths: string[] = [];
  const anchors = new Set<string>();
  void marked.walkTokens(marked.lexer(text), (token: Token) => {
    const { type, ...parts } = token as MarkedToken;
    if ((type === "link" || type === "image") && "href" in parts) links.push(parts.href);
    if (type === "heading" && "text" in parts) anchors.add(anchorOf(parts.text));
    if (type === "codespan" && "text" in parts && isPath(parts.text))
      paths.push(parts.text.replace(/\/$/, ""));
  });
  return { links, paths, anchors };
}

/** GitHub: lower case, punctuation removed, blanks as hyphens. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** A path without placeholders (capitals, `*`, `<`), and not of a bundle. */
function isPath(code: string): boolean {
  return /^[a-z-]+(?:\/[\w.-]+)+\/?$/.test(code) && !/\/dist\/|\b[A-Z]{2,}\b/.test(code);
}
