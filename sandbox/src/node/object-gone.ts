import { ApiError } from "@rotated-secrets/kube-runtime/client/api-error";

/** Whether the API server's answer means that the object is gone, or that another object has its name now. */
export function isObjectGone(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  // A uid that does not match is a conflict to a delete or a binding, and an attempt to change it to a patch.
  const conflict = error.status === 409 || error.status === 422;
  return error.status === 404 || (conflict && /\buid\b/i.test(error.answer));
}
