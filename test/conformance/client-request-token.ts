import { NAME, refused, type Scenario, type Step } from "./scenario.ts";

function withoutToken(operation: string, type: string, request: Readonly<Record<string, unknown>>): Scenario {
  const message = "You must provide a ClientRequestToken value. We recommend a UUID-type value.";
  const step: Step = refused(operation, request, { type, message });
  return {
    title: `${operation} without a token`,
    recordings: [`test_no_client_request_token[${operation}]`],
    secret: "orders",
    steps: [step],
  };
}

/** SDKs add the token by themselves; these were recorded without one. */
export const clientRequestToken: readonly Scenario[] = [
  withoutToken("CreateSecret", "InvalidRequestException", { Name: NAME, SecretString: "first" }),
  withoutToken("UpdateSecret", "InvalidRequestException", { SecretString: "first" }),
  withoutToken("RotateSecret", "InvalidParameterException", {}),
  withoutToken("PutSecretValue", "InvalidRequestException", { SecretString: "first" }),
];
