import { describe, expect, it } from "vitest";
import { notesPassages, yamlPassages } from "./chart-passages.ts";
import { markdownPassages } from "./markdown-passages.ts";
import { CODE, type Passage } from "./passage.ts";
import { sourcePassages } from "./source-passages.ts";

function shown(passages: readonly Passage[]): readonly string[] {
  return passages.map(({ line, text }) => `${line} ${text}`);
}

describe("markdownPassages", () => {
  it("reads headings, paragraphs, list items and table cells, with their lines", () => {
    const page = [
      "# A title",
      "Two lines",
      "of a *paragraph* with `code` and [a link](there.md).",
      "",
      "- one item",
      "  that goes on",
      "- another item",
      "  1. a nested item",
      "",
      "| head | `x` |",
      "| --- | --- |",
      "| first | second |",
      "",
      "> a quotation",
    ];
    expect(shown(markdownPassages(page.join("\n")))).toEqual([
      "1 A title",
      `2 Two lines\nof a paragraph with ${CODE} and a link.`,
      "5 one item\nthat goes on",
      "7 another item",
      "8 a nested item",
      "10 head",
      `10 ${CODE}`,
      "12 first",
      "12 second",
      "14 a quotation",
    ]);
  });

  it("leaves code out", () => {
    expect(shown(markdownPassages("Text\n\n    indented code\n\n```\nfenced code\n```\n\nMore\n"))).toEqual([
      "1 Text",
      "9 More",
    ]);
  });
});

describe("sourcePassages", () => {
  it("reads a docstring by paragraphs and tags", () => {
    const source = [
      "/**",
      " * Reads a thing",
      " * with `code` in it.",
      " *",
      " * - an item",
      " * @param name its name",
      " * @throws Error when it is missing",
      " */",
      "export const x = 1;",
    ];
    expect(shown(sourcePassages(source.join("\n")))).toEqual([
      `2 Reads a thing\nwith ${CODE} in it.`,
      "5 an item",
      "6 its name",
      "7 Error when it is missing",
    ]);
  });

  it("reads line comments that follow each other as one", () => {
    expect(shown(sourcePassages("// One text\n// in two lines.\nf();\n  // Another.\n"))).toEqual([
      "1 One text\nin two lines.",
      "4 Another.",
    ]);
  });

  it("reads messages: strings and templates of three words or more, also when they are joined", () => {
    const source = [
      "const a = 'could not read it';",
      `const b = "first half, " +`,
      `  "second half";`,
      "const c = `the Secret $" + "{name} is $" + "{`still in $" + "{phase} now`} and gone`;",
      `import d from "./some/path.ts"; const e = { "two words": 1 };`,
    ];
    expect(shown(sourcePassages(source.join("\n")))).toEqual([
      "1 could not read it",
      "2 first half, \nsecond half",
      `4 the Secret ${CODE} is ${CODE} and gone`,
      `4 still in ${CODE} now`,
    ]);
  });

  it("reads neither comments nor strings in regular expressions", () => {
    expect(sourcePassages('const a = /what is "no one / here/; const b = c / d; const e = /[\'"]/;')).toEqual(
      [],
    );
  });
});

describe("yamlPassages", () => {
  it("reads comments and texts for people", () => {
    const yaml = [
      "# Two lines",
      "# of a comment",
      "key: value of a key",
      "  # Another comment",
      "{{- /*",
      "A comment of Helm",
      "*/}}",
      "- alert: Late",
      "  annotations:",
      "    summary: RotatedSecret {{ $labels.name }} is late.",
      "    description: >-",
      "      Some workload",
      "      still waits.",
      "  expr: a > b",
    ];
    expect(shown(yamlPassages(yaml.join("\n")))).toEqual([
      "1 Two lines\nof a comment",
      "4 Another comment",
      "6 A comment of Helm",
      `10  RotatedSecret ${CODE} is late.`,
      "11  >-\n      Some workload\n      still waits.",
    ]);
  });
});

describe("notesPassages", () => {
  it("reads the text that Helm prints, without commands", () => {
    expect(
      shown(notesPassages("{{ .Chart.Name }} is installed.\n\n1. Look:\n\n   kubectl get rsec\n")),
    ).toEqual([`1 ${CODE} is installed.`, "3 Look:"]);
  });
});
