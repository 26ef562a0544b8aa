/**
 * The place to fix a failure.
 *
 * - `settings`: the function's environment. `document`: the secret's value. `state`: the secret's labels and settings in
 *   Secrets Manager. `aws`: a call to AWS.
 * - `unreachable`: the network path to the database. `tls`: its certificate. `authentication`: a password. `refused`: a login
 *   that the server does not allow. `privilege`: missing rights. `busy`: a lock or a lack of time. `database`: anything else
 *   in the database.
 * - `bug`: this program.
 */
export type RotationErrorKind =
  | "settings"
  | "document"
  | "state"
  | "aws"
  | "unreachable"
  | "tls"
  | "authentication"
  | "refused"
  | "privilege"
  | "busy"
  | "database"
  | "bug";

/**
 * A failed step. Its message tells the person on call what was tried, on what, what went wrong, and what to do. It has no
 * `cause`, because errors of drivers and SDKs hold statements, headers and bodies.
 */
export class RotationError extends Error {
  override readonly name = "RotationError";
  readonly kind: RotationErrorKind;

  constructor(kind: RotationErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Turns any error into a RotationError. A foreign error may hold anything, so only its name and stack frames are kept. */
export function toRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const fault = new RotationError("bug", `The function has a bug (${name}). Please report it.`);
  const frames =
    error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  fault.stack = [`${fault.name}: ${fault.message}`, ...frames].join("\n");
  return fault;
}
