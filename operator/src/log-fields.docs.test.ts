import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LOG_FIELDS } from "./log-fields.ts";

/** Fields of every line. */
const ALWAYS = ["time", "level", "msg"];
const PAGE = readFileSync(join(import.meta.dirname, "../../docs/logs.md"), "utf8");

it("docs/logs.md has a row for each field of a line, in these words, and for nothing else", () => {
  const rows = [...PAGE.matchAll(/^[|] `(\w+)` [|] (.+) [|]$/gm)].map(([, name, meaning]) => [name, meaning]);
  expect(rows.slice(0, ALWAYS.length).map(([name]) => name)).toEqual(ALWAYS);
  expect(rows.slice(ALWAYS.length)).toEqual(Object.entries(LOG_FIELDS));
});
