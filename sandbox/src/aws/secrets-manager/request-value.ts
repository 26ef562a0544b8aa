import { invalidParameter, invalidRequest } from "../aws-error.ts";
import type { SecretValue } from "./secret.ts";

/**
 * The value in a request, if it has one.
 * @throws InvalidParameterException if it has two. AWS: CreateSecret API reference; wording not confirmed by AWS
 */
export function valueIn(request: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): SecretValue | undefined {
  const { SecretString: text, SecretBinary: base64 } = request;
  if (text !== undefined && base64 !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text !== undefined) return { kind: "string", text };
  return base64 === undefined ? undefined : { kind: "binary", base64 };
}

/** @throws InvalidRequestException if ClientRequestToken is missing (recorded; the SDK always adds one) */
export function requireToken(request: { readonly ClientRequestToken?: string | undefined }): string {
  if (request.ClientRequestToken === undefined) throw invalidRequest(NO_TOKEN);
  return request.ClientRequestToken;
}

export const NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
