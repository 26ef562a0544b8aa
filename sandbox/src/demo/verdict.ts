import { paint } from "../screen/paint.ts";
import { textTable } from "../text-table.ts";
import { BREAKS } from "./breaks/breaks.ts";
import type { Report, StandInReport } from "./report.ts";
import { shortfalls } from "./report.ts";
import type { RotationResult } from "./rotation.ts";
import type { VersionNames } from "./watching/version-names.ts";

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const amount = (count: number) => count.toLocaleString("en-US");

/** Everything that the verdict is about. */
export interface Outcome {
  readonly results: readonly RotationResult[];
  readonly report: Report;
  /** Logins of the services. */
  readonly logins: number;
}

/** The meaning in words, then the tables, and in the last line the counts. No line is longer than 79 characters. */
export function verdict({ results, report, logins }: Outcome, versions: VersionNames): string {
  const { standIn } = report;
  return [
    "",
    ...explanation(report),
    "",
    ...rotationTable(results, versions),
    "",
    ...(standIn === undefined ? [] : [...comparison(report, standIn), ""]),
    ...countLines(report, logins),
  ].join("\n");
}

function explanation(report: Report): readonly string[] {
  const missing = shortfalls(report);
  if (missing.length > 0) return [paint("red", `Not all went well: ${missing.join("; ")}.`)];
  return [
    ...(report.break === undefined ? [] : [BREAKS[report.break.part].says]),
    "Each rotation gave a new password to the database user that was not in use.",
    "The operator copied the new version into the Secret and replaced the pods one",
    "by one. Older pods went on with a credential that was still valid. The next",
    "rotation began only when no pod could hold an older version.",
  ];
}

function rotationTable(results: readonly RotationResult[], versions: VersionNames): readonly string[] {
  const rows = results.map((result, index) => [
    `${index + 1}`,
    versions.long(result.versionId),
    result.username,
    seconds(result.toSecretMs),
    seconds(result.toRolledOutMs),
    `${result.podsReplaced}`,
  ]);
  const heading = ["rotation", "version", "database user", "in the Secret", "rolled out", "new pods"];
  return withBoldHead(textTable([heading, ...rows]));
}

function comparison(report: Report, standIn: StandInReport): readonly string[] {
  const { copyEverySeconds, secondsBetweenRotations } = standIn;
  const rows = [
    ["the same pods and queries", "rotated-secrets", `stand-in: a copy every ${copyEverySeconds} s`],
    ["rotations", amount(report.rotations), amount(standIn.rotations)],
    ["next rotation starts", "when all pods are new", `${secondsBetweenRotations} s after the last one`],
    ["queries", amount(report.queries), amount(standIn.queries)],
    ["failed queries", amount(report.failedQueries), amount(standIn.failedQueries)],
    ["failed logins", amount(report.failedLogins), amount(standIn.failedLogins)],
  ];
  return withBoldHead(textTable(rows));
}

function withBoldHead([head = "", ...rows]: readonly string[]): readonly string[] {
  return [paint("bold", head), ...rows];
}

function countLines(report: Report, logins: number): readonly string[] {
  const { queries, failedQueries, failedLogins, podsOnOldVersion, standIn } = report;
  const painted = (line: string) => paint(shortfalls(report).length === 0 ? "green" : "red", line);
  if (standIn !== undefined) {
    const own = painted(`With rotated-secrets: ${amount(failedQueries)} failed queries.`);
    return [`${own} With the stand-in: ${amount(standIn.failedQueries)}.`];
  }
  const credentials = `${amount(logins)} logins, ${amount(failedLogins)} failed; ${amount(podsOnOldVersion)} pods on an old version.`;
  if (report.break?.part === "database") {
    const down = report.break.failedQueries;
    const otherwise = `${amount(failedQueries - down)} failed otherwise;`;
    return [
      painted(`${amount(queries)} queries: ${amount(down)} failed while PostgreSQL was down, ${otherwise}`),
      painted(credentials),
    ];
  }
  return [painted(`${amount(queries)} queries, ${amount(failedQueries)} failed; ${credentials}`)];
}
