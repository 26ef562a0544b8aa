import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../bundles.ts";
import { readDemoCommand } from "./options.ts";

const RUN = { kind: "run", afterwards: "stay", report: undefined, without: false, break: undefined };

describe("the demo's command line", () => {
  it.each<[string, object]>([
    ["", RUN],
    ["--once", { ...RUN, afterwards: "end" }],
    ["--report /tmp/report.json", { ...RUN, report: "/tmp/report.json" }],
    ["--without", { ...RUN, without: true }],
    ["--break database", { ...RUN, break: "database" }],
    ["--break operator", { ...RUN, break: "operator" }],
    ["--break api-server --once", { ...RUN, break: "api-server", afterwards: "end" }],
    ["--next", { kind: "next" }],
  ])("reads %j", (line, command) => {
    expect(readDemoCommand(line.split(" ").filter(Boolean))).toEqual(command);
  });

  it.each([
    ["--onse", "--onse"],
    ["--report", "--report"],
    ["--report=", "--report needs the name of a file"],
    ["extra", "extra"],
    ["--break etcd", '--break takes database, operator, api-server, and not "etcd"'],
    ["--break operator --without", "use either --without or --break"],
  ])("refuses %j", (line, problem) => {
    expect(readDemoCommand(line.split(" "))).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining(problem),
    });
  });

  it("explains every flag, as docs/sandbox.md does, in lines that fit 80 columns", () => {
    const help = readDemoCommand(["--help"]);
    if (help.kind !== "help") throw new Error("--help is not help");
    for (const flag of ["--once", "--report FILE", "--without", "--break PART", "--next", "--help"])
      expect(help.text).toContain(`  ${flag} `);
    const page = readFileSync(join(ROOT, "docs", "sandbox.md"), "utf8");
    for (const flag of help.text.match(/^ {2}--[a-z-]+/gm) ?? []) expect(page).toContain(`\`${flag.trim()}`);
    expect(help.text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
});
