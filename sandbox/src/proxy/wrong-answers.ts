import type { CallFault, WatchFault } from "./fault.ts";

/**
 * The API server is overloaded. Kubernetes: API Priority and Fairness answers in plain text, with a Retry-After of 1.
 */
export function tooManyRequests(retryAfterSeconds = 1): CallFault {
  return answered(429, "Too many requests, please try again later.\n", {
    "content-type": "text/plain; charset=utf-8",
    "retry-after": String(retryAfterSeconds),
  });
}

/** The API server cannot reach its etcd. */
export const internalError = status(
  500,
  "InternalError",
  "Internal error occurred: etcdserver: request timed out",
);

/** Another writer was faster. */
export const conflict = status(
  409,
  "Conflict",
  "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again",
);

const EXPIRED = "The resourceVersion for the provided list or watch is too old.";

/** A list or a new watch from a version that has expired. */
export const gone = status(410, "Expired", EXPIRED);

/** The same in an open watch. Kubernetes: it is an event of a watch that was answered with 200. */
export const expired: WatchFault = {
  kind: "lastEvent",
  event: { type: "ERROR", object: statusObject(410, "Expired", EXPIRED) },
};

/** AWS throttles the caller. */
export const throttled = awsError(400, "ThrottlingException", "Rate exceeded");

/** An internal error of AWS. */
export const internalServiceError = awsError(
  500,
  "InternalServiceError",
  "An error occurred on the server side.",
);

function status(code: number, reason: string, message: string): CallFault {
  return answered(code, JSON.stringify(statusObject(code, reason, message)), {
    "content-type": "application/json",
  });
}

function statusObject(code: number, reason: string, message: string): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

function awsError(code: number, type: string, message: string): CallFault {
  return answered(code, JSON.stringify({ __type: type, message }), {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-requestid": "00000000-0000-4000-8000-000000000000",
  });
}

function answered(code: number, body: string, headers: Readonly<Record<string, string>>): CallFault {
  return { kind: "answer", answer: { status: code, headers, body } };
}
