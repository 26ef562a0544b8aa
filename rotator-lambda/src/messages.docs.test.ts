import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/lambda.md"), "utf8");

/** An error message in the source of the function. */
interface Message {
  readonly file: string;
  readonly kind: string;
  /** `§` stands for a filled-in value. */
  readonly text: string;
}

/** A row of the page's table of messages. */
interface Row {
  /** Parts of the message; `...` stands for any text. */
  readonly phrases: readonly string[];
  readonly kind: string;
}

const LITERAL = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/y;
/** The code before a message: an error with its kind, or a diagnosis that becomes part of one. */
const BEGINNING = /new RotationError\(\s*"(\w+)",\s*|kind: "(\w+)",\s*reason: /g;

/** Its sources, without tests. */
const SOURCES = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes(".test.") && !file.startsWith("testing"))
  .map((file) => ({ file, source: readFileSync(join(import.meta.dirname, file), "utf8") }));

const MESSAGES: readonly Message[] = SOURCES.flatMap(({ file, source }) =>
  [...source.matchAll(BEGINNING)].map(({ index, 0: beginning, 1: error, 2: diagnosis }) => ({
    file,
    kind: error ?? diagnosis ?? "",
    text: textAt(source, index + beginning.length),
  })),
);

/** The literals from there on that are joined by `+`. */
function textAt(source: string, start: number): string {
  let text = "";
  for (let at = start; ; ) {
    LITERAL.lastIndex = at;
    const literal = LITERAL.exec(source)?.[0];
    if (literal === undefined) return text;
    text += literal
      .slice(1, -1)
      .replaceAll(/\$\{[^}]*\}/g, "§")
      .replaceAll(/\\(.)/g, "$1");
    at += literal.length;
    const plus = /^\s*\+\s*/.exec(source.slice(at));
    if (plus === null) return text;
    at += plus[0].length;
  }
}

const ROWS: readonly Row[] = [...sectionOf("When it fails").matchAll(/^[|] (`.*?) [|] (\w+) [|]/gm)].map(
  ([, phrases = "", kind = ""]) => ({
    kind,
    phrases: [...phrases.matchAll(/`([^`]+)`/g)].map(([, phrase = ""]) => phrase),
  }),
);

function sectionOf(title: string): string {
  const [, rest = ""] = PAGE.split(`## ${title}\n`);
  return rest.split("\n## ")[0] ?? "";
}

function has(message: Message, phrase: string): boolean {
  const parts = phrase.split("...").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.join(".*")).test(message.text);
}

describe("the table in docs/lambda.md has exactly one row per message", () => {
  it("sees all messages", () => {
    const constructions = SOURCES.flatMap(({ file, source }) =>
      [...source.matchAll(/new RotationError\(/g)].map(() => file),
    );
    const seen = MESSAGES.filter(({ text }) => text !== "").map(({ file }) => file);
    // The error without a literal is made of diagnoses, which are seen.
    expect(new Set(constructions)).toEqual(new Set(seen));
    expect(MESSAGES.filter(({ text }) => text === "")).toEqual([]);
  });

  it.each(MESSAGES)("$text", (message) => {
    const rows = ROWS.filter(({ phrases }) => phrases.some((phrase) => has(message, phrase)));
    expect(rows.map(({ kind }) => kind)).toEqual([message.kind]);
  });

  it.each(ROWS.flatMap(({ phrases, kind }) => phrases.map((phrase) => ({ phrase, kind }))))(
    "row: $phrase",
    ({ phrase, kind }) => {
      expect(MESSAGES.filter((message) => message.kind === kind && has(message, phrase))).not.toEqual([]);
    },
  );
});
