import { RotationError, type RotationErrorKind } from "../../rotation-error.ts";
import type { PostgresLogin } from "./postgres-document.ts";
import type { WeakMethod } from "./scram-only.ts";

/** Reported when the function ran out of time, instead of the driver's error about the cut connection. */
export class OutOfTime extends Error {}

/** Reported when the server wanted to let the user in by a method other than SCRAM. */
export class WeakLogin extends Error {
  readonly method: WeakMethod;

  constructor(method: WeakMethod) {
    super(method);
    this.method = method;
  }
}

/** The cause of a failure, and the advice for the person on call. */
interface Diagnosis {
  readonly kind: RotationErrorKind;
  readonly reason: string;
  readonly remedy: string;
}

const RETRIED = "AWS will try the rotation again.";

const NOT_REACHED: Diagnosis = {
  kind: "unreachable",
  reason: "the database could not be reached",
  remedy:
    "Check that it runs, that host and port in the secret are correct, and that subnet, route and security groups let " +
    "the function through.",
};

const READ_ONLY: Diagnosis = {
  kind: "database",
  reason: "the server is read-only",
  remedy: "It is a replica, or was switched to read-only. Put the writer's host into the secret.",
};

const TIME_LIMIT: Diagnosis = {
  kind: "busy",
  reason: "a timeout of the user or the database ended the session",
  remedy:
    "Raise idle_in_transaction_session_timeout, idle_session_timeout or transaction_timeout, which ALTER ROLE or ALTER " +
    `DATABASE has set. ${RETRIED}`,
};

const SAME_MOMENT: Diagnosis = {
  kind: "busy",
  reason: "another session changed the same user at the same moment",
  remedy: RETRIED,
};

// SQLSTATE: PostgreSQL, Appendix A.
const BY_SQLSTATE: Readonly<Record<string, Diagnosis>> = {
  "28P01": {
    kind: "authentication",
    reason: "the password was refused",
    remedy: "Check whether it was changed outside of the rotation, and whether it is past its VALID UNTIL.",
  },
  "28000": {
    kind: "refused",
    reason: "the login was refused",
    remedy: "Check pg_hba.conf (on RDS: rds.force_ssl) and the user's LOGIN attribute.",
  },
  "3D000": {
    kind: "database",
    reason: "there is no such database",
    remedy: 'Correct "dbname" in the secret.',
  },
  "42710": SAME_MOMENT,
  "42501": {
    kind: "privilege",
    reason: "the user lacks the required rights",
    remedy: "The user in masterarn needs CREATEROLE, and ADMIN OPTION on both alternating users.",
  },
  "23505": SAME_MOMENT,
  "25006": READ_ONLY,
  "25P03": TIME_LIMIT,
  "25P04": TIME_LIMIT,
  "55P03": { kind: "busy", reason: "another change to this secret's users holds the lock", remedy: RETRIED },
  "57014": { kind: "busy", reason: "it took too long", remedy: RETRIED },
  "57P05": TIME_LIMIT,
  "57P01": { kind: "unreachable", reason: "the server is shutting down", remedy: RETRIED },
  "57P03": { kind: "unreachable", reason: "the server is starting or stopping", remedy: RETRIED },
};

const ALL_IN_USE: Diagnosis = { kind: "busy", reason: "all connections are in use", remedy: RETRIED };

/** Limits of one user or one database, by the server's routine that found them. Messages of the server may be translated. */
const BY_CONNECTION_LIMIT: Readonly<Record<string, Diagnosis>> = {
  InitializeSessionUserId: {
    kind: "busy",
    reason: "the user has used up its CONNECTION LIMIT",
    remedy:
      "The function needs a free session of each user. Raise the limit by one or two with ALTER ROLE ... CONNECTION LIMIT, or " +
      `use fewer connections. ${RETRIED}`,
  },
  CheckMyDatabase: {
    kind: "busy",
    reason: "the database has used up its CONNECTION LIMIT",
    remedy: `Raise it with ALTER DATABASE ... CONNECTION LIMIT, or use fewer connections. ${RETRIED}`,
  },
};

/** The password was not sent. */
const BY_WEAK_METHOD: Readonly<Record<WeakMethod, Diagnosis>> = {
  plaintext: {
    kind: "database",
    reason: "the server asks for the password in plaintext",
    remedy:
      "It was not sent, because it could be read there. Use the method scram-sha-256 in pg_hba.conf or in the pooler " +
      "(instead of password, ldap, pam or radius), and check that host and port are those of the database.",
  },
  MD5: {
    kind: "database",
    reason: "the server asks for an MD5 hash of the password",
    remedy:
      "It was not sent. The user's password is stored as MD5. Set password_encryption to scram-sha-256, then set the same " +
      "password again, for example with \\password in psql.",
  },
  "no password": {
    kind: "database",
    reason: "the server lets the user in without a password",
    remedy:
      "Such a login proves nothing. Use the method scram-sha-256 in pg_hba.conf (instead of trust, peer or cert), and check " +
      "that host and port are those of the database.",
  },
};

const SCRAM_FAILED: Diagnosis = {
  kind: "database",
  reason: "the server does not complete a login by SCRAM-SHA-256",
  remedy: "Check that host and port are those of the database, and that no proxy answers in its place.",
};

/** PgBouncer's words for a wrong password and for a missing user. */
const REFUSED_BY_POOLER = /^(SASL|password) authentication failed|^no such user/;

const POOLER_REFUSED: Diagnosis = {
  kind: "authentication",
  reason: "the pooler in front of the database refused user or password",
  remedy:
    "Check whether the password was changed outside of the rotation, and whether the pooler reads its users from the " +
    "database (auth_query). With a list of users in a file it does not know a new password.",
};

const POOLER_FAILED: Diagnosis = {
  kind: "unreachable",
  reason: "the pooler in front of the database gave up",
  remedy: `Its log names the reason. ${RETRIED}`,
};

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/;

/**
 * Reduces a driver error to code and routine. The error itself holds the statement, and values in its detail and hint.
 * `purpose` completes "could not ...".
 */
export function databaseError(
  error: unknown,
  tried: { readonly purpose: string; readonly whenDenied?: string },
  login: Pick<PostgresLogin, "host" | "port" | "username" | "database">,
): RotationError {
  const { kind, reason, remedy } = diagnose(error);
  const advice = kind === "privilege" ? (tried.whenDenied ?? remedy) : remedy;
  const where = `${login.host}:${login.port}, database "${login.database}", as "${login.username}"`;
  return new RotationError(
    kind,
    `Could not ${tried.purpose} (${where}): ${reason}${codeOf(error)}. ${advice}`,
  );
}

function diagnose(error: unknown): Diagnosis {
  const code = text(error, "code");
  const message = error instanceof Error ? error.message : "";
  if (error instanceof OutOfTime) {
    return {
      kind: "busy",
      reason: "the function ran out of time",
      remedy: `Set its timeout to 30 s or more, and check what slows the database down. ${RETRIED}`,
    };
  }
  // "Tuple concurrently updated" has the code for internal errors.
  // A standby refuses READ WRITE itself, with the code for features that do not exist.
  if (code === "XX000" && text(error, "routine") === "simple_heap_update") return SAME_MOMENT;
  if (code === "0A000" && text(error, "routine") === "call_bool_check_hook") return READ_ONLY;
  if (error instanceof WeakLogin) return BY_WEAK_METHOD[error.method];
  // PgBouncer reports every refusal of its own with the code for violations of the protocol.
  if (code === "08P01") return REFUSED_BY_POOLER.test(message) ? POOLER_REFUSED : POOLER_FAILED;
  if (message.startsWith("SASL")) return SCRAM_FAILED;
  if (code === "53300") return BY_CONNECTION_LIMIT[text(error, "routine")] ?? ALL_IN_USE;
  const known = BY_SQLSTATE[code];
  if (known !== undefined) return known;
  if (TLS_CODE.test(code)) {
    return {
      kind: "tls",
      reason: "the server's certificate could not be verified",
      remedy:
        "Set ROTATED_SECRETS_CA_FILE to a file with the CA that signed it (on RDS: the global bundle), and use a host name " +
        "from the certificate.",
    };
  }
  if (message.includes("does not support SSL")) {
    return {
      kind: "tls",
      reason: "the server does not speak TLS",
      remedy:
        'Switch TLS on there. To send the password in plaintext instead, put "ssl": false into the secret.',
    };
  }
  if (code === "" || /^E[A-Z_]+$/.test(code) || code.startsWith("08")) return NOT_REACHED;
  return { kind: "database", reason: "the database reported an error", remedy: "See its log for details." };
}

function codeOf(error: unknown): string {
  const parts = [text(error, "code"), text(error, "routine")].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function text(error: unknown, field: "code" | "routine"): string {
  if (typeof error !== "object" || error === null || !(field in error)) return "";
  const value: unknown = Reflect.get(error, field);
  return typeof value === "string" ? value : "";
}
