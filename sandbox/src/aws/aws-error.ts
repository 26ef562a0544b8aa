/** An error answer of AWS: its code, its message and its HTTP status. */
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

// The recordings show that Secrets Manager answers every fault of the caller with 400, also when something is not
// found.
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

/** Recorded for TagResource and UntagResource. AWS does not confirm that the other operations say the same. */
export const markedForDeletion = () =>
  new AwsError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const validationError = (message: string) => new AwsError("ValidationException", message);
