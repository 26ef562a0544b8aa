import { describe, expect, it } from "vitest";
import { awsError } from "./aws-error.ts";

function sdkError(name: string, fields: object = {}): Error {
  const error = new Error("User arn:aws:sts::1:x is not authorized, body {planted}");
  error.name = name;
  return Object.assign(error, { $metadata: { requestId: "r-1" }, $response: { body: "planted" } }, fields);
}

describe("awsError", () => {
  it.each<[Error, RegExp]>([
    [
      sdkError("AccessDeniedException"),
      /^GetSecretValue on secret s failed \(AccessDeniedException, request r-1\)\. Allow/,
    ],
    [sdkError("ResourceNotFoundException"), /Check whether the secret was deleted/],
    [sdkError("ThrottlingException"), /AWS will try/],
    [sdkError("EncryptionFailure"), /kms:GenerateDataKey/],
    [sdkError("InvalidRequestException"), /restore-secret/],
    [sdkError("LimitExceededException"), /too many versions/],
    [sdkError("SomethingNew"), /API reference/],
    [sdkError("TimeoutError"), /got no answer \(TimeoutError/],
    [sdkError("AbortError"), /got no answer/],
    [
      sdkError("Error", { code: "ECONNREFUSED", $metadata: undefined }),
      /got no answer \(ECONNREFUSED\)\. .*VPC endpoint/,
    ],
  ])("advises what to do for %s", (error, message) => {
    expect(awsError(error, "GetSecretValue", "s").message).toMatch(message);
  });

  it("says that a stored document may be too long, and only for PutSecretValue", () => {
    const fault = sdkError("ValidationException");
    expect(awsError(fault, "PutSecretValue", "s").message).toContain("65,536 bytes");
    expect(awsError(fault, "DescribeSecret", "s").message).toContain("API reference");
  });

  it("drops message, body and headers", () => {
    const reduced = awsError(sdkError("AccessDeniedException"), "GetSecretValue", "s");
    expect(JSON.stringify(Object.getOwnPropertyDescriptors(reduced))).not.toMatch(/planted|authorized/);
    expect(reduced.cause).toBeUndefined();
  });
});
