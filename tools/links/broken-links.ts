import { posix } from "node:path";
import { type MarkdownPage, markdownPage } from "./markdown-page.ts";

/** The Markdown pages of the repository, by path. */
type Pages = ReadonlyMap<string, MarkdownPage>;
type Exists = (path: string) => boolean;

/**
 * Finds links that lead to no file or heading, and paths in inline code that do not exist. Links to other sites are not
 * followed.
 * @param texts text of each Markdown page, by its path from the root of the repository
 * @param exists whether there is a file or folder of this path
 * @returns a line for each: `page: link leads nowhere`
 */
export function brokenLinks(texts: ReadonlyMap<string, string>, exists: Exists): readonly string[] {
  const pages: Pages = new Map([...texts].map(([path, text]) => [path, markdownPage(text)]));
  return [...pages].flatMap(([page, { links, paths }]) => [
    ...links
      .filter((link) => isBroken(page, link, pages, exists))
      .map((link) => `${page}: ${link} leads nowhere`),
    ...paths.filter((path) => isMissing(path, exists)).map((path) => `${page}: ${path} does not exist`),
  ]);
}

function isBroken(page: string, link: string, pages: Pages, exists: Exists): boolean {
  if (/^[a-z]+:/.test(link)) return false;
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? page : posix.join(posix.dirname(page), file).replace(/\/$/, "");
  if (!exists(path)) return true;
  const target = pages.get(path);
  return anchor !== undefined && target !== undefined && !target.anchors.has(anchor);
}

/** Only paths from a folder of the repository count: `prod/payments/db` is the name of a secret. */
function isMissing(path: string, exists: Exists): boolean {
  const [folder = ""] = path.split("/");
  return exists(folder) && !exists(path);
}
