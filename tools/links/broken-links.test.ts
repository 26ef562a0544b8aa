import { expect, it } from "vitest";
import { brokenLinks } from "./broken-links.ts";

const FILES = ["README.md", "docs", "docs/page.md", "docs/decisions", "tools", "tools/check.ts"];

function broken(text: string): readonly string[] {
  const pages = new Map([
    ["docs/page.md", `# A page: its \`title\`\n\n${text}\n`],
    ["README.md", "# Read me\n\n## 3. Install it\n"],
  ]);
  return brokenLinks(pages, (path) => FILES.includes(path));
}

it.each([
  "[a file](../README.md)",
  "[a heading](../README.md#3-install-it)",
  "[a heading of this page](#a-page-its-title)",
  "[a folder](decisions/)",
  "[a source](../tools/check.ts)",
  "[another site](https://kubernetes.io/nothing#here)",
  "`[code](nothing.md)`",
  "    [code](nothing.md)",
])("accepts %s", (text) => {
  expect(broken(text)).toEqual([]);
});

it.each(["../readme.md", "../README.md#install-it", "#its-title", "README.md", "decisions/0001.md"])(
  "finds a link to %s",
  (link) => {
    expect(broken(`See [it](${link}).`)).toEqual([`docs/page.md: ${link} leads nowhere`]);
  },
);

it("finds links in lists, tables and images", () => {
  expect(broken("- ![a picture](a.svg)\n\n| a |\n| --- |\n| [b](b.md) |\n")).toEqual([
    "docs/page.md: a.svg leads nowhere",
    "docs/page.md: b.md leads nowhere",
  ]);
});

it.each([
  "`tools/check.ts`",
  "`docs/decisions/`",
  "`prod/payments/db`",
  "`docs/NAME.md`",
  "`tools/dist/check.mjs`",
  "`docs/*.md`",
])("accepts the path %s", (path) => {
  expect(broken(`See ${path}.`)).toEqual([]);
});

it("finds a path that does not exist", () => {
  expect(broken("See `tools/chek.ts`.")).toEqual(["docs/page.md: tools/chek.ts does not exist"]);
});
