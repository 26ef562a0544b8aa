import { AwsError } from "@rotated-secrets/sandbox/aws/aws-error";
import { NOT_EMULATED } from "@rotated-secrets/sandbox/aws/secrets-manager/not-emulated";
import { operations } from "@rotated-secrets/sandbox/aws/secrets-manager/operations";
import { SecretsManager } from "@rotated-secrets/sandbox/aws/secrets-manager/secrets-manager";
import { describe, expect, it } from "vitest";
import { secretsManagerModel } from "./service-model.ts";
import { violationsOf } from "./violations.ts";

/** Requests that break the model and that the emulator answers differently from the model, with its answer. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};

const model = await secretsManagerModel();

describe("botocore's model of Secrets Manager", () => {
  it("has the operations that the emulator has or says that it does not have", () => {
    expect([...operations.keys(), ...NOT_EMULATED].toSorted()).toEqual(
      Object.keys(model.operations).toSorted(),
    );
  });

  const violations = [...operations.keys()].flatMap((operation) => violationsOf(model, operation));
  it("can be broken in many ways", () => {
    console.log(`${violations.length} requests that break the model`);
    expect(violations.length).toBeGreaterThanOrEqual(250);
  });

  it("is kept: each request that breaks it is refused, with the code for its kind", () => {
    const different: Record<string, string> = {};
    for (const { title, operation, request, code } of violations) {
      const answer = answerTo(operation, request);
      if (answer !== code) different[title] = answer;
    }
    expect(different).toEqual(EXCEPTIONS);
  });
});

/** The code of the refusal, or `accepted`. */
function answerTo(operation: string, request: Readonly<Record<string, unknown>>): string {
  const service = new SecretsManager({ now: () => 0, randomInt: () => 0 });
  service.call("CreateSecret", { Name: "a", SecretString: "x", ClientRequestToken: "t".repeat(32) });
  try {
    service.call(operation, request);
    return "accepted";
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    throw error;
  }
}
