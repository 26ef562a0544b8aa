import { RotationError } from "../rotation-error.ts";

const TRIED_AGAIN = "AWS will try the rotation again.";

const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "Allow the function's role this action on the secret. If the secret has a customer-managed KMS key, also allow " +
    "kms:Decrypt and kms:GenerateDataKey on that key.",
  EncryptionFailure:
    "Check that the secret's KMS key is enabled and not scheduled for deletion, and allow the function's role " +
    "kms:GenerateDataKey and kms:Decrypt on it.",
  InvalidRequestException:
    "The secret is probably scheduled for deletion, or managed by another AWS service: `aws secretsmanager describe-secret` " +
    "shows DeletedDate or OwningService. `aws secretsmanager restore-secret` ends a scheduled deletion.",
  LimitExceededException:
    "The secret has too many versions. Remove the labels of versions that are not in use. AWS deletes versions without labels.",
  DecryptionFailure:
    "Allow the function's role kms:Decrypt on the secret's KMS key, and check that the key is enabled.",
  ResourceNotFoundException: "Check whether the secret was deleted and whether its ARN is correct.",
  ThrottlingException: TRIED_AGAIN,
  InternalServiceError: TRIED_AGAIN,
};
/** Remedies for a code that has a special meaning for one operation. */
const REMEDIES_BY_OPERATION: Readonly<Record<string, string>> = {
  "PutSecretValue ValidationException":
    "The new value is probably longer than 65,536 bytes, AWS's limit. Shorten the document by at least the length of the " +
    "password and of the suffix _clone.",
};
const UNKNOWN = "Look up the code in the API reference of Secrets Manager.";
const UNANSWERED =
  "Check that the function's subnet can reach Secrets Manager, by a VPC endpoint or a NAT gateway. AWS will try the " +
  "rotation again.";

/** The SDK's timeout, our signal, and the codes of socket and TLS errors. */
const NO_ANSWER = /^(TimeoutError|AbortError|E[A-Z]+|ERR_.*|.*CERT.*)$/;

/** The error's code, such as `AccessDeniedException` or `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  return error.name === "Error" && "code" in error && typeof error.code === "string"
    ? error.code
    : error.name;
}

/** Reduces an SDK error to operation, secret, code and request id. The error itself holds headers and bodies. */
export function awsError(error: unknown, operation: string, secretId: string): RotationError {
  const code = errorCode(error);
  const request = requestId(error);
  const details = request === undefined ? code : `${code}, request ${request}`;
  return NO_ANSWER.test(code)
    ? new RotationError("aws", `${operation} on secret ${secretId} got no answer (${details}). ${UNANSWERED}`)
    : new RotationError(
        "aws",
        `${operation} on secret ${secretId} failed (${details}). ` +
          (REMEDIES_BY_OPERATION[`${operation} ${code}`] ?? REMEDIES[code] ?? UNKNOWN),
      );
}

function requestId(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("requestId" in metadata)) return undefined;
  return typeof metadata.requestId === "string" ? metadata.requestId : undefined;
}
