import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brokenLinks } from "./broken-links.ts";

/**
 * Finds the broken links in all Markdown pages of the repository.
 * @param root folder of the repository
 */
export async function checkLinks(root: string): Promise<readonly string[]> {
  const pages = new Map<string, string>();
  const isOutput = (name: string) => /(?:^|\/)(?:node_modules|dist)$/.test(name);
  for await (const path of glob("**/*.md", { cwd: root, exclude: isOutput }))
    pages.set(path, await readFile(join(root, path), "utf8"));
  return brokenLinks(pages, (path) => existsSync(join(root, path))).toSorted();
}
