import type { RotationError } from "../../rotation-error.ts";
import type { CredentialChange } from "../engine.ts";
import type { PostgresConnection } from "./postgres-connection.ts";
import type { PostgresLogin } from "./postgres-document.ts";

/** A way to replace a credential by the next one. */
export interface Strategy {
  /** Whether the current credential still works afterwards. */
  readonly overlap: boolean;
  /** The user of the next credential. @throws RotationError of kind `document` when its name is not valid in PostgreSQL */
  readonly successorOf: (username: string) => string;
  readonly sessionFault: SessionFault;
  /** Makes the pending credential work. Called only if it does not work yet. @throws RotationError; nothing was changed then */
  set(change: CredentialChange, logins: SuccessiveLogins): Promise<"changed" | "unchanged">;
}

/** Finds out why a session of the user is not what its readers need, although the login worked; undefined if it is. */
export type SessionFault = (
  connection: PostgresConnection,
  username: string,
) => Promise<RotationError | undefined>;

/** The logins of a change. Their documents differ in user and password only, and the pending user is the correct successor. */
export interface SuccessiveLogins {
  readonly current: PostgresLogin;
  readonly pending: PostgresLogin;
}
