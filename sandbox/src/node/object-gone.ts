import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";

/** Whether the API server's answer means that the object is gone, or that another object has its name now. */
export function isObjectGone(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  // A uid that does not match is a conflict for a deletion or a binding. For a patch it is an invalid change of the
  // uid.
  const conflict = error.status === 409 || error.status === 422;
  return error.status === 404 || (conflict && /\buid\b/i.test(error.answer));
}
