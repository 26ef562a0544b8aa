/** An error that AWS answers with: its code, its own words, its HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  /** Type of the exception, such as ResourceNotFoundException. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = statusOf(code)) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

// Seen in the recordings: Secrets Manager answers everything that is the caller's fault with 400, not found included.
function statusOf(code: string): number {
  if (code === "InternalServiceError" || code === "InternalFailure") return 500;
  if (code === "ServiceUnavailable") return 503;
  return 400;
}

/** Recorded for every operation that takes a secret. */
export const secretNotFound = () =>
  new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** Recorded for GetSecretValue. `which` is `VersionId: X` or `staging label: X`. */
export const valueNotFound = (which: string) =>
  new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for ${which}`,
  );

/** Recorded for TagResource and UntagResource; that the other operations say the same is not confirmed by AWS. */
export const markedForDeletion = () =>
  new AwsError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const validationError = (message: string) => new AwsError("ValidationException", message);
