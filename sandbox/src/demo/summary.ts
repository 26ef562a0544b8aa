import type { Counts } from "../samples/web-service/tally.ts";
import { textTable } from "../text-table.ts";
import type { Report } from "./report.ts";
import { shortfalls } from "./report.ts";
import { PODS, type RotationResult } from "./rotation.ts";
import { paint } from "./screen.ts";
import type { VersionNames } from "./version-names.ts";

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** The table of all rotations, the counts, and what they mean. */
export function summary(options: {
  readonly results: readonly RotationResult[];
  readonly report: Report;
  readonly counts: Counts;
  readonly versions: VersionNames;
}): string {
  const { results, report, counts, versions } = options;
  const rows = results.map((result, index) => [
    `${index + 1}`,
    versions.long(result.versionId),
    result.username,
    seconds(result.toSecretMs),
    seconds(result.toRolledOutMs),
    `${result.podsReplaced}`,
  ]);
  const heading = ["rotation", "version", "database user", "in the Secret", "rolled out", "pods replaced"];
  const [head = "", ...lines] = textTable([heading, ...rows]);
  const amount = (count: number) => count.toLocaleString("en-US");
  return [
    "",
    paint("bold", head),
    ...lines,
    "",
    `${amount(report.queries)} queries, ${amount(report.failedQueries)} failed; ${amount(counts.logins)} logins, ` +
      `${amount(report.failedLogins)} failed; ${amount(report.podsOnOldVersion)} pods left on an old version.`,
    "",
    ...meaning(report),
  ].join("\n");
}

function meaning(report: Report): readonly string[] {
  const missing = shortfalls(report);
  if (missing.length > 0) return [paint("red", `Not all went well: ${missing.join("; ")}.`)];
  return [
    paint("green", "No login and no query failed, and nothing tried twice."),
    `Each time the rotation function gave the other database user a new password, AWS moved AWSCURRENT, and the operator`,
    `brought it into the Secret and restarted the services. The ${PODS} pods were replaced one by one, while the older ones went`,
    "on with a credential that was still valid. The next rotation began only when no pod was left that could hold an old one.",
  ];
}
