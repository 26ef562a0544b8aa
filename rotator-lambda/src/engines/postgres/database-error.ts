import { RotationError, type RotationErrorKind } from "../../rotation-error.ts";
import type { PostgresLogin } from "./postgres-document.ts";

/** What is reported where the function's own time was over, whatever the driver says of the connection then. */
export class OutOfTime extends Error {}

/** Which failure it is, and what the person on call can do. */
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
    "Look whether it runs, whether host and port in the secret are right, and whether subnet, route and security groups " +
    "let the function through.",
};

// SQLSTATE: PostgreSQL, Appendix A.
const BY_SQLSTATE: Readonly<Record<string, Diagnosis>> = {
  "28P01": {
    kind: "authentication",
    reason: "the password was refused",
    remedy:
      "Look whether somebody changed it outside of the rotation, and whether it is past its VALID UNTIL.",
  },
  "28000": {
    kind: "refused",
    reason: "the login was refused",
    remedy: "Look at pg_hba.conf (with RDS: rds.force_ssl) and at the user's LOGIN attribute.",
  },
  "3D000": {
    kind: "database",
    reason: "there is no such database",
    remedy: 'Correct "dbname" in the secret.',
  },
  "42501": {
    kind: "privilege",
    reason: "the user has not the rights",
    remedy: "The user in masterarn needs CREATEROLE, and ADMIN OPTION on both users that take turns.",
  },
  "25006": {
    kind: "database",
    reason: "the server takes no changes",
    remedy: "It is a replica, or was made read-only: put the writer's host into the secret.",
  },
  "53300": { kind: "busy", reason: "all connections are in use", remedy: RETRIED },
  "55P02": {
    kind: "privilege",
    reason: "it can be set at a login only",
    remedy: "Set it for the clone as a superuser, as it is set for the original.",
  },
  "55P03": { kind: "busy", reason: "another change to this secret's users holds the lock", remedy: RETRIED },
  "57014": { kind: "busy", reason: "it took too long", remedy: RETRIED },
  "57P01": { kind: "unreachable", reason: "the server is shutting down", remedy: RETRIED },
  "57P03": { kind: "unreachable", reason: "the server is starting or stopping", remedy: RETRIED },
};

const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH)/;

/**
 * Reduces what the driver throws to code and routine: its errors carry the statement, and in detail and hint the values.
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
      reason: "the function's time was over",
      remedy: `Give it more, 30 s at least, and look what holds the database up. ${RETRIED}`,
    };
  }
  const known = BY_SQLSTATE[code];
  if (known !== undefined) return known;
  if (TLS_CODE.test(code)) {
    return {
      kind: "tls",
      reason: "the server's certificate could not be verified",
      remedy:
        "Give the function the CA that signed it by ROTATED_SECRETS_CA_FILE (with RDS: the global bundle), and use the " +
        "host name that the certificate has.",
    };
  }
  if (message.includes("does not support SSL")) {
    return {
      kind: "tls",
      reason: "the server does not speak TLS",
      remedy:
        'Switch TLS on there. To let the password cross the network readably, put "ssl": false in the secret.',
    };
  }
  if (code === "" || /^E[A-Z_]+$/.test(code) || code.startsWith("08")) return NOT_REACHED;
  return { kind: "database", reason: "the database reported an error", remedy: "Its log has the details." };
}

function codeOf(error: unknown): string {
  const parts = [text(error, "code"), text(error, "routine")].filter((part) => part !== "");
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function text(error: unknown, member: "code" | "routine"): string {
  if (typeof error !== "object" || error === null || !(member in error)) return "";
  const value: unknown = Reflect.get(error, member);
  return typeof value === "string" ? value : "";
}
