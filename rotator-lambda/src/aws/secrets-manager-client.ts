import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient as SdkClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import { RotationError } from "../rotation-error.ts";
import type { SecretDescription, SecretsManager, SecretVersion } from "../steps/secrets-manager.ts";
import { awsError, errorCode } from "./aws-error.ts";

// Four calls that fail slowly must end before AWS's default for rotation functions, 30 s.
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 4_000;
const ATTEMPTS = 3;

const NOT_FOUND = "ResourceNotFoundException";

/** The SDK's client, which outlives an invocation. `endpoint` undefined: the SDK's own choice. */
export function createSdkClient(endpoint: string | undefined): SdkClient {
  return new SdkClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint }),
  });
}

/** Secrets Manager by AWS's SDK. Calls end when `signal` says so, which is before the function's own time is over. */
export class SecretsManagerClient implements SecretsManager {
  readonly #client: SdkClient;
  readonly #signal: AbortSignal;

  constructor(client: SdkClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  async describe(secretArn: SecretArn): Promise<SecretDescription | undefined> {
    const command = new DescribeSecretCommand({ SecretId: secretArn });
    const describe = () => this.#client.send(command, this.#options());
    const answer = await this.#call("DescribeSecret", secretArn, describe, [NOT_FOUND]);
    if (answer === undefined) return undefined;
    return {
      // AWS's templates too take an answer without the member for a yes.
      rotationEnabled: answer.RotationEnabled !== false,
      rotationFunction: answer.RotationLambdaARN,
      tags: new Map((answer.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
      stages: new Map(Object.entries(answer.VersionIdsToStages ?? {})),
    };
  }

  async read(secretId: string, stage: string, versionId?: VersionId): Promise<SecretVersion | undefined> {
    const command = new GetSecretValueCommand({
      SecretId: secretId,
      VersionStage: stage,
      ...(versionId !== undefined && { VersionId: versionId }),
    });
    const get = () => this.#client.send(command, this.#options());
    // The second is what a version gets whose label does not show yet: "not associated to the provided VersionId".
    const absent = versionId === undefined ? [NOT_FOUND] : [NOT_FOUND, "InvalidRequestException"];
    const answer = await this.#call("GetSecretValue", secretId, get, absent);
    if (answer === undefined) return undefined;
    if (answer.SecretString === undefined || answer.VersionId === undefined) {
      throw new RotationError(
        "document",
        `Secret ${secretId} has a binary ${stage} value; it has to be a JSON object.`,
      );
    }
    return { versionId: answer.VersionId, value: new SecretValue(answer.SecretString) };
  }

  async storePending(
    secretArn: SecretArn,
    versionId: VersionId,
    value: SecretValue<string>,
  ): Promise<"stored" | "exists"> {
    const command = new PutSecretValueCommand({
      SecretId: secretArn,
      ClientRequestToken: versionId,
      SecretString: value.reveal(),
      VersionStages: [AWSPENDING],
    });
    const put = () => this.#client.send(command, this.#options());
    const answer = await this.#call("PutSecretValue", secretArn, put, ["ResourceExistsException"]);
    return answer === undefined ? "exists" : "stored";
  }

  async moveCurrent(secretArn: SecretArn, from: string, to: VersionId): Promise<"moved" | "notHolder"> {
    const command = new UpdateSecretVersionStageCommand({
      SecretId: secretArn,
      VersionStage: AWSCURRENT,
      MoveToVersionId: to,
      RemoveFromVersionId: from,
    });
    const move = () => this.#client.send(command, this.#options());
    const answer = await this.#call("UpdateSecretVersionStage", secretArn, move, [
      "InvalidParameterException",
    ]);
    return answer === undefined ? "notHolder" : "moved";
  }

  /** Undefined for an error with one of the `expected` codes. */
  async #call<T>(
    operation: string,
    secretId: string,
    call: () => Promise<T>,
    expected: readonly string[],
  ): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (expected.includes(errorCode(error))) return undefined;
      throw awsError(error, operation, secretId);
    }
  }

  #options(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: this.#signal };
  }
}
