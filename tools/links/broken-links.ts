import { posix } from "node:path";
import { type MarkdownPage, markdownPage } from "./markdown-page.ts";

/**
 * Finds links that lead to no file, or to no heading of a page. Links to other sites are not followed.
 * @param pages text of each Markdown page, by its path from the root of the repository
 * @param exists whether there is a file or folder of this path
 * @returns a line for each: `page: link`
 */
export function brokenLinks(
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): readonly string[] {
  const read = new Map([...pages].map(([path, text]) => [path, markdownPage(text)]));
  return [...read].flatMap(([path, { links }]) =>
    links
      .filter((link) => isBroken(path, link, read, exists))
      .map((link) => `${path}: ${link} leads nowhere`),
  );
}

function isBroken(
  from: string,
  link: string,
  pages: ReadonlyMap<string, MarkdownPage>,
  exists: (path: string) => boolean,
): boolean {
  if (/^[a-z]+:/.test(link)) return false;
  const [file = "", anchor] = link.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file).replace(/\/$/, "");
  if (!exists(path)) return true;
  const page = pages.get(path);
  return anchor !== undefined && page !== undefined && !page.anchors.has(anchor);
}
