import { SERVICES } from "../samples/services.ts";
import type { Counts } from "../samples/web-service/tally.ts";
import { paint } from "../screen/paint.ts";
import { wrapAtMost, wrapParts } from "../screen/wrap.ts";
import type { ServicePod } from "./watching/cluster-view.ts";
import type { VersionNames } from "./watching/version-names.ts";

/** A moment of the demo. Versions are ids. */
export interface Moment {
  readonly pods: readonly ServicePod[];
  /** The version that a pod was started with. */
  readonly versionOf: (pod: ServicePod) => string;
  readonly awsCurrent: string;
  readonly inSecret: string;
  readonly counts: Counts;
  /** The state in a sentence, such as the condition that says most. */
  readonly says: string;
}

const INDENT = "  ";
const MESSAGE_LINES = 2;

/** The lines of the live panel: each service's pods with their versions, where the newest version is, and the counts. */
export function panelLines(moment: Moment, versions: VersionNames, width: number): readonly string[] {
  const { awsCurrent, inSecret, counts, says } = moment;
  const { queries, failedQueries, logins, failedLogins } = counts;
  return [
    "",
    ...SERVICES.flatMap(({ name }) => serviceLines(name, moment, versions, width)),
    ...wrapParts(
      [
        `${INDENT}queries ${queries} (${failures(failedQueries)})`,
        `logins ${logins} (${failures(failedLogins)})`,
        `AWS ${versions.long(awsCurrent)}`,
        `Secret ${versions.short(inSecret)}`,
      ],
      { width, separator: "  ", indent: INDENT },
    ),
    ...wrapAtMost(`${INDENT}${versions.inText(says)}`, width, MESSAGE_LINES).map((line) =>
      paint("dim", line),
    ),
  ];
}

function serviceLines(
  name: string,
  { pods, versionOf }: Moment,
  versions: VersionNames,
  width: number,
): readonly string[] {
  const title = `${INDENT}${name.padEnd(Math.max(...SERVICES.map((service) => service.name.length)))}`;
  const own = pods.filter(({ service }) => service === name);
  const states = own.map((pod) => paintPod(pod.phase, versions.short(versionOf(pod))));
  return wrapParts([title, ...states], { width, separator: "  ", indent: " ".repeat(title.length + 2) });
}

function failures(count: number): string {
  return paint(count === 0 ? "green" : "red", `${count} failed`);
}

function paintPod(phase: ServicePod["phase"], version: string): string {
  const colours = { starting: "yellow", ready: "green", ending: "dim" } as const;
  return paint(colours[phase], `${version} ${phase}`);
}
