/** One cause of a refusal, without its message, which may repeat what was sent. Kubernetes API reference, StatusCause. */
export interface ApiErrorCause {
  /** `FieldManagerConflict`, `FieldValueInvalid`, `ResourceVersionTooLarge` ... */
  readonly reason: string;
  /** Path of the field, as in `.data.password`; empty when none is to blame. */
  readonly field: string;
}

/** What an ApiError is made of. */
export interface ApiErrorDetails {
  /** What was tried: `PATCH /api/v1/namespaces/shop/secrets/db`. */
  readonly request: string;
  readonly status: number;
  readonly reason: string;
  /** The server's own words; left out for Secrets, where it may repeat values. */
  readonly serverMessage?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly ApiErrorCause[];
}

/** The API server answered with an error. Holds neither body nor headers; `message` may be logged and shown. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  /** HTTP status code, or the `code` of an ERROR event in a watch. */
  readonly status: number;
  /** Status.reason: `NotFound`, `Conflict`, `Forbidden`, `Invalid`, `Expired` ...; `HTTP 502` when the answer had none. */
  readonly reason: string;
  /** How long the server asks to be left alone, in ms, at most a minute; undefined when it does not. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly ApiErrorCause[];
  /** The answer without the request: `403 Forbidden: ...`; may be shown. */
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

/** No answer came: refused, cut, timed out, or not what an API server says. `message` may be logged and shown. */
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

/** Whether the error is the API server's with this HTTP status; 404 and 409 are often the expected answer. */
export function hasStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}
