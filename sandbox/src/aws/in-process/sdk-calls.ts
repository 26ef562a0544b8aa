import type {
  BatchGetSecretValueCommandInput,
  BatchGetSecretValueCommandOutput,
  DescribeSecretCommandInput,
  DescribeSecretCommandOutput,
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput,
  ListSecretsCommandInput,
  ListSecretsCommandOutput,
  ListSecretVersionIdsCommandInput,
  ListSecretVersionIdsCommandOutput,
  PutSecretValueCommandInput,
  PutSecretValueCommandOutput,
  RotateSecretCommandInput,
  RotateSecretCommandOutput,
  UpdateSecretVersionStageCommandInput,
  UpdateSecretVersionStageCommandOutput,
} from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../aws-error.ts";
import type { RotationOrder } from "../secrets-manager/operation.ts";
import type { SecretsManager } from "../secrets-manager/secrets-manager.ts";

/** Input and output of each operation in the SDK. */
interface SdkOperations {
  BatchGetSecretValue: [BatchGetSecretValueCommandInput, BatchGetSecretValueCommandOutput];
  DescribeSecret: [DescribeSecretCommandInput, DescribeSecretCommandOutput];
  GetSecretValue: [GetSecretValueCommandInput, GetSecretValueCommandOutput];
  ListSecrets: [ListSecretsCommandInput, ListSecretsCommandOutput];
  ListSecretVersionIds: [ListSecretVersionIdsCommandInput, ListSecretVersionIdsCommandOutput];
  PutSecretValue: [PutSecretValueCommandInput, PutSecretValueCommandOutput];
  RotateSecret: [RotateSecretCommandInput, RotateSecretCommandOutput];
  UpdateSecretVersionStage: [UpdateSecretVersionStageCommandInput, UpdateSecretVersionStageCommandOutput];
}

type Output<Name extends keyof SdkOperations> = SdkOperations[Name][1];

/** An error of AWS in the form in which the SDK throws it: its name is the code. */
export class SdkError extends Error {
  readonly $fault = "client";
  readonly $metadata: { readonly httpStatusCode: number };

  constructor({ code, message, status }: AwsError) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
  }
}

/**
 * The calls of the AWS SDK, without the SDK: for simulations, which make thousands of calls and cannot wait. A test
 * compares each answer with the one that the SDK's client reads from the wire.
 */
export class SdkCalls {
  readonly #service: SecretsManager;
  readonly #rotate: (order: RotationOrder) => void;

  /** @param rotate takes each rotation that RotateSecret orders. @default none is driven */
  constructor(service: SecretsManager, rotate: (order: RotationOrder) => void = () => {}) {
    this.#service = service;
    this.#rotate = rotate;
  }

  /** @throws SdkError */
  call<Name extends keyof SdkOperations>(name: Name, input: SdkOperations[Name][0]): Output<Name> {
    try {
      const { answer, rotation } = this.#service.call(name, asWireInput(input));
      if (rotation !== undefined) this.#rotate(rotation);
      // The SDK's types describe the answer of the operation with this name.
      return { ...asSdkOutput(answer), $metadata: { httpStatusCode: 200 } } as Output<Name>;
    } catch (error) {
      throw error instanceof AwsError ? new SdkError(error) : error;
    }
  }
}

/** On the wire, bytes are base64. */
function asWireInput(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]),
  );
}

/** Times become Dates, base64 becomes bytes, and fields without a value are left out. */
function asSdkOutput(answer: Readonly<Record<string, unknown>>): object {
  const output: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (value !== undefined) output[name] = asSdkField(name, value);
  }
  return output;
}

function asSdkField(name: string, value: unknown): unknown {
  if (typeof value === "number") return name.endsWith("Date") ? new Date(value * 1_000) : value;
  if (name === "SecretBinary") return Buffer.from(String(value), "base64");
  if (Array.isArray(value)) return value.map((item) => asSdkField("", item));
  return typeof value === "object" && value !== null ? asSdkOutput({ ...value }) : value;
}
