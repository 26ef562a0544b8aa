import type { Cell, Outcome } from "./cell.ts";
import type { Course } from "./course.ts";
import { FAULTS, type Fault } from "./faults.ts";

/** The result of each cell. */
export type Results = readonly (readonly [Cell, Outcome])[];

/** The results of a course as a table in Markdown: a row for each call, a column for each fault. */
export function tableOf(course: Course, results: Results): string {
  const own = results.filter(([cell]) => cell.course === course);
  const calls = [...new Set(own.map(([{ call }]) => call))];
  const cell = (call: string, fault: Fault) =>
    textOf(own.find(([other]) => other.call === call && other.fault === fault)?.[1]);
  const rows = calls.map((call) => [`\`${call}\``, ...FAULTS.map((fault) => cell(call, fault))]);
  return aligned([["call", ...FAULTS], ...rows]);
}

/** The counts, in one sentence. */
export function summaryOf(results: Results): string {
  const count = (kind: Outcome["kind"]) => results.filter(([, outcome]) => outcome.kind === kind).length;
  return `${results.length} cells: ${count("settled")} settled, ${count("not called")} not called, ${count("failed")} failed`;
}

function textOf(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return "";
    case "settled":
      return `${outcome.seconds.toFixed(1)} s`;
    case "not called":
      return "not called";
    case "failed":
      return "**failed**";
  }
}

function aligned([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(heading), rule, ...rows.map(line)].join("\n");
}
