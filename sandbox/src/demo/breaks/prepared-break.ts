/** A failure that strikes in the middle of the next rotation. */
export interface PreparedBreak {
  /** Resolves when it has struck and everything works again. @throws when it has not struck in time */
  readonly over: Promise<Outage>;
  /** Removes what has not struck yet. */
  remove(): Promise<void>;
}

/** The effect of a failure on the services. */
export interface Outage {
  /** Queries that failed because the database itself was down. */
  readonly failedQueries: number;
}

/** A failure that takes no part away that the services need. */
export const NO_OUTAGE: Outage = { failedQueries: 0 };
