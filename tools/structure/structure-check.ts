import type { SourceFile } from "../sources/source-file.ts";
import { type Finding, structureOf } from "./structure.ts";

/** The structure of the sources: the figures, and the violations of rules, as lines for people. */
export function checkStructure(files: readonly SourceFile[]): {
  readonly problem: string;
  readonly figures: readonly string[];
} {
  const findings = structureOf(files);
  return { problem: findings.flatMap(({ problems }) => problems).join("\n"), figures: findings.map(lineOf) };
}

function lineOf({ rule, figures, problems }: Finding): string {
  const broken = problems.length === 0 ? "" : `; problems: ${problems.length}`;
  return `${rule}: ${figures}${broken}`;
}
