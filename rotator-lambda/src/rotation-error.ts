/**
 * What went wrong, in the terms of whoever has to mend it: the function's settings, the secret's document, the secret's
 * state in Secrets Manager, a call to AWS, the way to the database, its TLS, a login, rights in it, a lock, the rest of the
 * database, or this program.
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
 * A failed step. Its message is for the person on call: what was tried, on what, what went wrong, what to do. It never
 * has a cause, because errors of drivers and SDKs carry statements, headers and bodies.
 */
export class RotationError extends Error {
  override readonly name = "RotationError";
  readonly kind: RotationErrorKind;

  constructor(kind: RotationErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An error that is not ours may hold anything: its name, and where it was thrown, is all that is told of it. */
export function toRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const fault = new RotationError(
    "bug",
    `The function failed by an error of its own (${name}): please report it.`,
  );
  const frames =
    error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  fault.stack = [`${fault.name}: ${fault.message}`, ...frames].join("\n");
  return fault;
}
