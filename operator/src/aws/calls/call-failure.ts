import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { CallFailure } from "./answer.ts";
import type { OperationRules } from "./aws-service.ts";

/** The fields of an error of the SDK or of the network that are read. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly requestId?: unknown };
}

/** The meaning of AWS's error codes. All other codes are judged by their HTTP status. */
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

/**
 * Reduces an error of the SDK to its code, its meaning and the request id. Messages, bodies and headers are dropped, as they
 * may repeat parts of the request.
 */
export function failureOf(
  operation: string,
  error: unknown,
  sentences: OperationRules["sentences"] = {},
): CallFailure {
  const thrown: Thrown = typeof error === "object" && error !== null ? error : {};
  const status = thrown.$metadata?.httpStatusCode;
  const problem = answered(thrown)
    ? problemOfCode(operation, shown(thrown.name) ?? "UnknownError", Number(status))
    : unansweredProblem(operation, thrown);
  const requestId = shown(thrown.$metadata?.requestId);
  const message = typeof thrown.message === "string" ? thrown.message : "";
  const [sentence] = Object.entries(sentences).find(([, pattern]) => pattern.test(message)) ?? [];
  return {
    kind: "problem",
    problem: requestId === undefined ? problem : { ...problem, requestId },
    ...(sentence === undefined ? {} : { sentence }),
  };
}

/** The problem of an error code of AWS. @param status HTTP status @default 400 */
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

/** Without an HTTP answer: network, timeout, an unreadable answer, or no credentials to sign with. */
function unansweredProblem(operation: string, thrown: Thrown): AwsProblem {
  const code = networkCode(thrown) ?? shown(thrown.name) ?? "UnknownError";
  return { kind: /^Credentials|^TokenProvider/.test(code) ? "denied" : "unavailable", operation, code };
}

/** The code of Node's own error, such as `ECONNREFUSED`, which says more than the `TimeoutError` around it. */
function networkCode(thrown: Thrown, depth = 0): string | undefined {
  if (typeof thrown.code === "string" && /^[A-Z][A-Z0-9_]+$/.test(thrown.code)) return thrown.code;
  if (depth > 5 || typeof thrown.cause !== "object" || thrown.cause === null) return undefined;
  return networkCode(thrown.cause, depth + 1);
}

/** The text, if it looks like a code or an id. Any other text might contain more than may be shown. */
function shown(text: unknown): string | undefined {
  return typeof text === "string" && /^[\w.:-]{1,128}$/.test(text) ? text : undefined;
}
