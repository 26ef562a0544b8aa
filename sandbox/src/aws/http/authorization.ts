import { AwsError } from "../aws-error.ts";

/** The caller, region and service of a signed request, from its credential scope. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name of the service. */
  readonly service: string;
}

/**
 * Reads an Authorization header. The signature itself is not verified.
 * AWS: IAM user guide, "Elements of an AWS API request signature".
 * @throws MissingAuthenticationTokenException, IncompleteSignatureException
 */
export function credentialScopeOf(authorization: string | undefined): CredentialScope {
  if (authorization === undefined) {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const credential =
    /^AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
      authorization,
    );
  const [, accessKeyId, region, service] = credential ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) {
    throw new AwsError(
      "IncompleteSignatureException",
      "Authorization header requires 'Credential' parameter with the scope date/region/service/aws4_request.",
    );
  }
  return { accessKeyId, region, service };
}

/** @throws InvalidSignatureException if the request was signed for another region or service */
export function requireScope(
  scope: CredentialScope,
  wanted: { readonly region: string; readonly service: string },
): void {
  if (scope.region !== wanted.region) {
    throw new AwsError(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region, not '${scope.region}'.`,
    );
  }
  if (scope.service !== wanted.service) {
    throw new AwsError(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${wanted.service}'.`,
    );
  }
}
