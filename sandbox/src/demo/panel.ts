import { SERVICES } from "../samples/payments.ts";
import type { Counts } from "../samples/web-service/tally.ts";
import type { ClusterView, ServicePod } from "./cluster-view.ts";
import { paint } from "./screen.ts";
import type { VersionNames } from "./version-names.ts";

/** What a terminal shows below the steps: each service's pods with the version that they were made for, and the counts. */
export function panelLines(options: {
  readonly cluster: ClusterView;
  readonly versions: VersionNames;
  readonly firstVersionId: string;
  readonly counts: Counts;
}): readonly string[] {
  const { cluster, versions, firstVersionId, counts } = options;
  const pod = ({ versionId = firstVersionId, phase }: ServicePod) =>
    paintPod(phase, versions.short(versionId));
  const width = Math.max(...SERVICES.map(({ name }) => name.length));
  const services = SERVICES.map(({ name }) => {
    const pods = cluster.pods.filter(({ service }) => service === name);
    return `  ${name.padEnd(width)}  ${pods.map(pod).join("  ")}`;
  });
  const failures = (count: number) => paint(count === 0 ? "green" : "red", `${count} failed`);
  const { queries, failedQueries, logins, failedLogins } = counts;
  return [
    "",
    ...services,
    `  queries ${queries} (${failures(failedQueries)})   logins ${logins} (${failures(failedLogins)})`,
    paint("dim", `  ${cluster.progress.says}`),
  ];
}

function paintPod(phase: ServicePod["phase"], version: string): string {
  switch (phase) {
    case "starting":
      return paint("yellow", `${version} starting`);
    case "ready":
      return paint("green", `${version} ready`);
    case "ending":
      return paint("dim", `${version} ending`);
  }
}
