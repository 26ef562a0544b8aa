/** One cause of an error, without its message, which may repeat a value. Kubernetes API reference, StatusCause. */
export interface ApiErrorCause {
  /** `FieldManagerConflict`, `FieldValueInvalid`, `ResourceVersionTooLarge` ... */
  readonly reason: string;
  /** Path of the field, such as `.data.password`; empty if the cause is not about a field. */
  readonly field: string;
}

/** Parts of an ApiError. */
export interface ApiErrorDetails {
  /** The request: `PATCH /api/v1/namespaces/shop/secrets/db`. */
  readonly request: string;
  readonly status: number;
  readonly reason: string;
  /** The server's message. Absent for Secrets, because it may repeat values. */
  readonly serverMessage?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly ApiErrorCause[];
}

/** The API server answered with an error. Has neither body nor headers. `message` may be logged and shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  /** HTTP status, or the `code` of an ERROR event in a watch. */
  readonly status: number;
  /** Status.reason: `NotFound`, `Conflict`, `Forbidden`, `Invalid`, `Expired` ...; `HTTP 502` if the answer has none. */
  readonly reason: string;
  /** The Retry-After of the answer, in ms, at most a minute; undefined if it has none. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly ApiErrorCause[];
  /** The answer without the request: `403 Forbidden: ...`. May be shown. */
  readonly answer: string;

  constructor({ request, status, reason, serverMessage, retryAfterMs, causes = [] }: ApiErrorDetails) {
    const answer = `${status} ${reason}${serverMessage ? `: ${serverMessage}` : ""}`;
    super(`${request}: the API server answered ${answer}`);
    this.answer = answer;
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.causes = causes;
  }
}

/** No usable answer came: refused, cut, timed out, or not one of an API server. `message` may be logged and shown. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  /** Node's or undici's code (`ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`), or `TIMEOUT`, `BAD_ANSWER`. */
  readonly reason: string;

  constructor(request: string, reason: string) {
    super(`${request}: no answer from the API server (${reason})`);
    this.reason = reason;
  }
}

/** Whether the API server answered with this HTTP status. 404 and 409 are often expected answers. */
export function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
