import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { CallFailure } from "./secrets-manager-api.ts";

/** The members of an SDK error, or of a network error, that are looked at. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
}

/** Codes of AWS by what they mean for us; what is not here goes by its HTTP status. */
const KINDS: readonly (readonly [RegExp, AwsProblem["kind"]])[] = [
  [/^ResourceNotFoundException$/, "notFound"],
  [/AccessDenied|NotAuthorized|UnauthorizedOperation|OptInRequired/, "denied"],
  [
    /^(UnrecognizedClient|InvalidSignature|IncompleteSignature|ExpiredToken|InvalidIdentityToken|IDPRejectedClaim)(Exception)?$/,
    "denied",
  ],
  [
    /^(InvalidClientTokenId|MissingAuthenticationToken(Exception)?|SignatureDoesNotMatch|InvalidAccessKeyId)$/,
    "denied",
  ],
  [
    /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|^InternalService|^ServiceUnavailable|^IDPCommunicationError/,
    "unavailable",
  ],
];

/** AWS writes `isn't` with either apostrophe; the rest of the sentence is stable. */
const PREVIOUS_ROTATION = /previous rotation/i;

/**
 * What the SDK threw, reduced to what may be shown: the code, its meaning, the request id. Messages, bodies and headers
 * are dropped, for they may repeat what was sent.
 */
export function failureOf(operation: string, error: unknown): CallFailure {
  const thrown: Thrown = typeof error === "object" && error !== null ? error : {};
  const status = thrown.$metadata?.httpStatusCode;
  const problem = answered(thrown)
    ? problemOfCode(operation, shown(thrown.name) ?? "UnknownError", Number(status))
    : unansweredProblem(operation, thrown);
  const requestId = shown(thrown.$metadata?.requestId);
  const said = typeof thrown.message === "string" && PREVIOUS_ROTATION.test(thrown.message);
  return {
    kind: "problem",
    problem: requestId === undefined ? problem : { ...problem, requestId },
    ...(said ? { said: "previousRotationNotComplete" } : {}),
  };
}

/** The problem that an error code of AWS stands for. @param status HTTP status @default 400 */
export function problemOfCode(operation: string, code: string, status = 400): AwsProblem {
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? kindOfStatus(status);
  return { kind, operation, code: shown(code) ?? "UnknownError" };
}

function kindOfStatus(status: number): AwsProblem["kind"] {
  if (status === 401 || status === 403) return "denied";
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? "invalid" : "unavailable";
}

function answered(thrown: Thrown): boolean {
  const status = thrown.$metadata?.httpStatusCode;
  return typeof status === "number" && status >= 300;
}

/** No HTTP answer: the network, a timeout, an answer that could not be read, or no credentials to sign with. */
function unansweredProblem(operation: string, thrown: Thrown): AwsProblem {
  const code = networkCode(thrown) ?? shown(thrown.name) ?? "UnknownError";
  return { kind: /^Credentials|^TokenProvider/.test(code) ? "denied" : "unavailable", operation, code };
}

/** The code of Node's own error, e.g. `ECONNREFUSED` or `CERT_HAS_EXPIRED`; it says more than the `TimeoutError` around it. */
function networkCode(thrown: Thrown, depth = 0): string | undefined {
  if (typeof thrown.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(thrown.code)) return thrown.code;
  if (depth > 5 || typeof thrown.cause !== "object" || thrown.cause === null) return undefined;
  return networkCode(thrown.cause, depth + 1);
}

/** Only what looks like a code or an id is shown; anything else might carry more than that. */
function shown(text: unknown): string | undefined {
  return typeof text === "string" && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;
}
