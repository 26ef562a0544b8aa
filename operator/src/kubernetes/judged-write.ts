import { Conflict } from "../ports/target-secrets.ts";
import { ApiError } from "../runtime/api-error.ts";

/**
 * Waits for a write that holds only for the object that was judged, and turns the API server's answers that it is
 * another one by now, or gone, into Conflict. All other errors pass.
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
    throw error;
  }
}

function isAnotherNow({ status, causes }: ApiError): boolean {
  if (status === 409 || status === 404) return true;
  // Kubernetes: a uid that differs from the object's is "field is immutable" where no resourceVersion came with it.
  return status === 422 && causes.some(({ field }) => field === "metadata.uid");
}
