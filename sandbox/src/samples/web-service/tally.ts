/** Counts of one process of the service since its start. A query that fails because its login fails counts as both failures. */
export interface Counts {
  readonly queries: number;
  readonly failedQueries: number;
  readonly logins: number;
  readonly failedLogins: number;
}

/** All counts at 0. */
export const NO_COUNTS: Counts = { queries: 0, failedQueries: 0, logins: 0, failedLogins: 0 };

/** SQLSTATE class 28: invalid authorization specification; 28P01 is a wrong password. */
const AUTHORIZATION_FAILURE = /^28/;

/** The service's own count. It reports a failure to `onFailure` at once, so that no kill of the process hides it. */
export class Tally {
  #counts: Counts = NO_COUNTS;
  readonly #onFailure: (counts: Counts, error: Error) => void;

  constructor(onFailure: (counts: Counts, error: Error) => void) {
    this.#onFailure = onFailure;
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** Runs one query. Never rejects. */
  async count(query: () => Promise<void>): Promise<void> {
    try {
      await query();
      this.#add({ queries: 1 });
    } catch (error) {
      this.#add({ queries: 1 });
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  loggedIn(): void {
    this.#add({ logins: 1 });
  }

  /** A query failed, or a pooled connection broke before a query could use it. */
  failed(error: Error & { readonly code?: string }): void {
    this.#add({ failedQueries: 1, failedLogins: AUTHORIZATION_FAILURE.test(error.code ?? "") ? 1 : 0 });
    this.#onFailure(this.#counts, error);
  }

  #add(more: Partial<Counts>): void {
    const sum = (name: keyof Counts) => this.#counts[name] + (more[name] ?? 0);
    this.#counts = {
      queries: sum("queries"),
      failedQueries: sum("failedQueries"),
      logins: sum("logins"),
      failedLogins: sum("failedLogins"),
    };
  }
}

/** Writes the counts to stdout as a line of JSON. PostgreSQL's messages hold no password. */
export function printTally(counts: Counts, error?: Error): void {
  console.log(
    JSON.stringify({ time: new Date().toISOString(), counts, ...(error && { error: error.message }) }),
  );
}
