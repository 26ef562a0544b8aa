import type { CredentialChange } from "../engine.ts";
import type { PostgresLogin } from "./postgres-document.ts";

/** A way of getting from one credential to the next. */
export interface Strategy {
  /** Whether the current credential goes on working. */
  readonly overlap: boolean;
  /** The user whose turn it is next. @throws RotationError of kind `document` when PostgreSQL cannot have such a user */
  readonly successorOf: (username: string) => string;
  /** Makes the pending credential work, which it does not yet. @throws RotationError, and then nothing was changed */
  set(change: CredentialChange, logins: SuccessiveLogins): Promise<"changed" | "unchanged">;
}

/** What the documents of a change say. Host and port are the same, and the user is the one whose turn it is. */
export interface SuccessiveLogins {
  readonly current: PostgresLogin;
  readonly pending: PostgresLogin;
}
