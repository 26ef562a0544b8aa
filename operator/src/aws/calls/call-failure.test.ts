import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import { expect, it } from "vitest";
import { arnOf, SCOPE, ScriptedSecretsManager, version } from "../testing/secrets-manager.fixture.ts";
import { failureOf } from "./call-failure.ts";
import { AwsRotations } from "./rotations.ts";
import { SECRETS_MANAGER } from "./secrets-manager-service.ts";

function answered(name: string, httpStatusCode: number, message = "planted value"): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: "1f2e-3d" } });
}

it.each([
  [answered("AccessDeniedException", 400), "denied", "AccessDeniedException"],
  [answered("ExpiredTokenException", 400), "denied", "ExpiredTokenException"],
  [answered("UnrecognizedClientException", 400), "denied", "UnrecognizedClientException"],
  [answered("SomethingNew", 403), "denied", "SomethingNew"],
  [answered("ResourceNotFoundException", 400), "notFound", "ResourceNotFoundException"],
  [answered("InvalidRequestException", 400), "invalid", "InvalidRequestException"],
  [answered("DecryptionFailure", 400), "invalid", "DecryptionFailure"],
  [answered("ThrottlingException", 400), "unavailable", "ThrottlingException"],
  [answered("SomethingNew", 429), "unavailable", "SomethingNew"],
  [answered("InternalServiceError", 500), "unavailable", "InternalServiceError"],
  [answered("SomethingNew", 503), "unavailable", "SomethingNew"],
  [answered("a value, not a code", 400), "invalid", "UnknownError"],
  [
    Object.assign(new Error("connect"), { name: "TimeoutError", code: "ECONNREFUSED" }),
    "unavailable",
    "ECONNREFUSED",
  ],
  [
    Object.assign(new Error("x"), { cause: Object.assign(new Error("y"), { code: "ENOTFOUND" }) }),
    "unavailable",
    "ENOTFOUND",
  ],
  [Object.assign(new Error("planted value"), { name: "TimeoutError" }), "unavailable", "TimeoutError"],
  [
    Object.assign(new Error("none"), { name: "CredentialsProviderError" }),
    "denied",
    "CredentialsProviderError",
  ],
  [
    Object.assign(new Error("none"), { name: "CredentialsProviderError", cause: { code: "ECONNREFUSED" } }),
    "unavailable",
    "ECONNREFUSED",
  ],
  ["thrown text", "unavailable", "UnknownError"],
] as const)("%s is %s with the code %s", (error, kind, code) => {
  const { problem } = failureOf("DescribeSecret", error);
  expect(problem).toMatchObject({ kind, operation: "DescribeSecret", code });
  expect(JSON.stringify(problem)).not.toContain("planted");
});

it.each([
  ["A previous rotation isn't complete. That rotation will be reattempted.", "inProgress"],
  ["A previous rotation isn’t complete. That rotation will be reattempted.", "inProgress"],
  ["No Lambda rotation function ARN is associated with this secret.", "problem"],
])("RotateSecret refused with %j is %s", async (message, kind) => {
  const aws = new ScriptedSecretsManager(new ManualClock());
  const { sentences } = SECRETS_MANAGER.operations.RotateSecret;
  const error = answered("InvalidRequestException", 400, message);
  aws.rotateSecret = async () => failureOf("RotateSecret", error, sentences);
  const outcome = await new AwsRotations(aws).rotate(
    arnOf("db"),
    SCOPE,
    version(1),
    new AbortController().signal,
  );
  expect(outcome.kind).toBe(kind);
});
