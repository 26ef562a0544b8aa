import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";
import { Conflict } from "../ports/target-secrets.ts";
import { WriteRefused } from "../ports/write-refused.ts";

/** Refusals that pass by themselves or have nothing to do with the object: who are you, too slow, too many. */
const PASSING = new Set([401, 408, 429]);

/**
 * Waits for a write that holds only for the object that was judged, and turns the API server's answers that it is
 * another one by now, or gone, into Conflict, and its refusals into WriteRefused. All other errors pass.
 *
 * @param what names the object for people: `the Secret shop/db`
 */
export async function judgedWrite<T>(what: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ApiError && isAnotherNow(error)) {
      throw new Conflict(`${what} is not what it was when it was judged: look again`, { cause: error });
    }
    if (error instanceof ApiError && isRefusal(error))
      throw new WriteRefused(what, error.answer, { cause: error });
    throw error;
  }
}

function isAnotherNow({ status, causes }: ApiError): boolean {
  if (status === 409 || status === 404) return true;
  // Kubernetes: a uid that differs from the object's is "field is immutable" where no resourceVersion came with it.
  return status === 422 && causes.some(({ field }) => field === "metadata.uid");
}

/** Kubernetes: no permission, a webhook or a full quota is 403 (a webhook may choose another 4xx), what is not valid 422. */
function isRefusal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && !PASSING.has(status);
}
