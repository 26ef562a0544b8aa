/** What is written to the file of `--report`. */
export interface Report {
  /** Rotations that came through: the new version is in the cluster, all pods are new, nothing older is left. */
  readonly rotations: number;
  /** Queries of the services, by their own count; pods that have ended are included. */
  readonly queries: number;
  /** The larger of the services' own count and the refusals of pods in PostgreSQL's log. */
  readonly failedLogins: number;
  /** Queries that failed, by the services' own count. They do not try again. */
  readonly failedQueries: number;
  /** For each rotation: seconds from the move of AWSCURRENT (the emulator's clock) until the Secret had the version. */
  readonly secondsToSecret: readonly number[];
  /** For each rotation: seconds from the same moment until all pods were new and no old one was left, terminating ones included. */
  readonly secondsToRolledOut: readonly number[];
  /** Pods that were not logged in as the new version's user when their rotation had settled, summed over the rotations. */
  readonly podsOnOldVersion: number;
}

/** How many times the demo rotates. */
export const ROTATIONS = 3;
/** Fewer queries than this would say little. */
const MIN_QUERIES = 1_000;

/** What did not go well; empty if all did. */
export function shortfalls(report: Report): readonly string[] {
  const { rotations, queries, failedLogins, failedQueries, podsOnOldVersion } = report;
  return [
    ...(rotations < ROTATIONS ? [`${rotations} of ${ROTATIONS} rotations came through`] : []),
    ...(queries <= MIN_QUERIES ? [`${queries} queries are too few to say anything`] : []),
    ...(failedLogins > 0 ? [`${failedLogins} logins failed`] : []),
    ...(failedQueries > 0 ? [`${failedQueries} queries failed`] : []),
    ...(podsOnOldVersion > 0 ? [`${podsOnOldVersion} pods were left on an old version`] : []),
  ];
}
