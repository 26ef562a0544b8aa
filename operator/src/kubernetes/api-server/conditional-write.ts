import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";
import { Conflict } from "../../ports/target-secrets.ts";
import { WriteRefused } from "../../ports/write-refused.ts";

/** 4xx answers that are not about the object and may pass: unauthorized, timeout, too many requests. */
const PASSING = new Set([401, 408, 429]);

/**
 * Waits for a write that has a precondition: the uid or resourceVersion of the object that was read. If the object has
 * changed, or is gone, rejects with Conflict; if the API server refuses the write, with WriteRefused. Other errors pass.
 *
 * @param what names the object for people: `the Secret shop/db`
 */
export async function conditionalWrite<T>(what: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ApiError && hasChanged(error)) {
      throw new Conflict(`${what} has changed since it was read`, { cause: error });
    }
    if (error instanceof ApiError && isRefusal(error))
      throw new WriteRefused(what, error.answer, { cause: error });
    throw error;
  }
}

function hasChanged({ status, causes }: ApiError): boolean {
  if (status === 409 || status === 404) return true;
  // Kubernetes: without a resourceVersion, a uid that differs from the object's is answered by "field is immutable".
  return status === 422 && causes.some(({ field }) => field === "metadata.uid");
}

/** Kubernetes: 403 for no permission, a webhook (which may choose another 4xx) or a full quota; 422 for an invalid object. */
function isRefusal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && !PASSING.has(status);
}
