import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_REASONS, STANDING_REASONS, WAIT_REASONS } from "../../api/reasons.ts";
import { CONDITION_TYPES } from "./conditions.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../docs/conditions.md"), "utf8");

/** The first cell of each row of the section's table, without its back-quotes. */
function rowsOf(section: string): readonly string[] {
  const [, text = ""] = PAGE.split(`## ${section}\n`);
  const [table = ""] = text.split("\n## ");
  return [...table.matchAll(/^[|] `(\w+)` [|]/gm)].map(([, name = ""]) => name);
}

describe("docs/conditions.md has a row for each and for nothing else", () => {
  it.each([
    ["condition", "The conditions", CONDITION_TYPES],
    ["reason to wait", "Reasons to wait", WAIT_REASONS],
    ["other reason", "Other reasons", STANDING_REASONS],
    ["event", "Events", EVENT_REASONS],
  ])("%s", (_, section, names) => {
    expect(rowsOf(section)).toEqual(names);
  });
});
