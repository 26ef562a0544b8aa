import type { SourceFile } from "../sources/source-file.ts";
import { type Finding, structureOf } from "./structure.ts";

/** Rules that the code does not keep yet: they are measured and do not fail. Remove a rule here once the code keeps it. */
const NOT_YET: readonly string[] = ["operator/src/reconciler/act.ts"];

/** The structure of the sources: the figures, and what breaks a rule. Lines for people. */
export function checkStructure(
  files: readonly SourceFile[],
  notYet: readonly string[] = NOT_YET,
): { readonly problem: string; readonly figures: readonly string[] } {
  const findings = structureOf(files);
  const failing = findings.filter(({ rule }) => !notYet.includes(rule));
  return {
    problem: failing.flatMap(({ problems }) => problems).join("\n"),
    figures: findings.map(
      (finding) => `${lineOf(finding)}${failing.includes(finding) ? "" : " (not enforced)"}`,
    ),
  };
}

function lineOf({ rule, figures, problems }: Finding): string {
  const broken = problems.length === 0 ? "" : `; problems: ${problems.length}`;
  return `${rule}: ${figures}${broken}`;
}
