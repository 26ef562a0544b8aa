import type { Breakable } from "./breaks/breaks.ts";

/** The content of the file of `--report`. */
export interface Report {
  /** Rotations that ended well: the new version is in the cluster, all pods are new, nothing older is left. */
  readonly rotations: number;
  /** Queries of the services, by their own count. Pods that have ended are included. */
  readonly queries: number;
  /** Logins that failed because of the credential: the larger of the services' own count and the refusals in PostgreSQL's log. */
  readonly failedLogins: number;
  /** Queries that failed, for any reason, by the services' own count. They do not retry. */
  readonly failedQueries: number;
  /** For each rotation: seconds from the move of AWSCURRENT (the emulator's clock) until the Secret had the version. */
  readonly secondsToSecret: readonly number[];
  /** For each rotation: seconds from the same moment until all pods were new and no old one was left, terminating ones included. */
  readonly secondsToRolledOut: readonly number[];
  /** Pods that were not logged in as the new version's user when their rotation had settled, summed over the rotations. */
  readonly podsOnOldVersion: number;
  /** With `--break`. */
  readonly break?: BreakReport;
  /** With `--without`. */
  readonly standIn?: StandInReport;
}

/** The effect of `--break`. */
export interface BreakReport {
  readonly part: Breakable;
  /** Queries that failed because the database itself was down. `failedQueries` includes them. */
  readonly failedQueries: number;
  /** Rotations that AWS has begun. A retry of the same rotation does not count. */
  readonly rotationsInAws: number;
}

/** How the same load went without the operator. */
export interface StandInReport {
  readonly copyEverySeconds: number;
  readonly secondsBetweenRotations: number;
  readonly rotations: number;
  readonly queries: number;
  readonly failedQueries: number;
  readonly failedLogins: number;
}

/** How many times the demo rotates. */
export const ROTATIONS = 3;
/** Fewer queries than this would prove little. */
const MIN_QUERIES = 1_000;

/** Everything that did not go well with the operator; empty if all did. */
export function shortfalls(report: Report): readonly string[] {
  const { rotations, queries, failedLogins, podsOnOldVersion } = report;
  const failedQueries = report.failedQueries - (report.break?.failedQueries ?? 0);
  const inAws = report.break?.rotationsInAws ?? rotations;
  return [
    ...(rotations < ROTATIONS ? [`${rotations} of ${ROTATIONS} rotations ended well`] : []),
    ...(inAws > rotations ? [`AWS began ${inAws} rotations`] : []),
    ...(queries <= MIN_QUERIES ? [`${queries} queries are too few to prove anything`] : []),
    ...(failedLogins > 0 ? [`${failedLogins} logins failed`] : []),
    ...(failedQueries > 0 ? [`${failedQueries} queries failed`] : []),
    ...(podsOnOldVersion > 0 ? [`${podsOnOldVersion} pods were left on an old version`] : []),
  ];
}
