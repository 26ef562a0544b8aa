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

// Four slow failures must fit into 30 s, AWS's default timeout for rotation functions.
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 4_000;
const ATTEMPTS = 3;

const NOT_FOUND = "ResourceNotFoundException";
/** The answer to text that cannot be the name or ARN of any secret, such as a wrong `masterarn`. */
const NOT_A_SECRET_ID = "ValidationException";

/** The SDK's client. It outlives an invocation. Without `endpoint` the SDK chooses one. */
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

/** Secrets Manager through AWS's SDK. `signal` ends all calls shortly before the function times out. */
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
      // Like AWS's templates: an answer without this field means that rotation is on.
      rotationEnabled: answer.RotationEnabled !== false,
      deletedAt: answer.DeletedDate,
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
    // AWS answers InvalidRequestException while a version's label is not visible yet: "not associated to the provided VersionId".
    const notVisible = versionId === undefined ? [] : ["InvalidRequestException"];
    const absent = [NOT_FOUND, NOT_A_SECRET_ID, ...notVisible];
    const answer = await this.#call("GetSecretValue", secretId, get, absent);
    if (answer === undefined) return undefined;
    if (answer.SecretString === undefined || answer.VersionId === undefined) {
      throw new RotationError(
        "document",
        `Secret ${secretId} has a binary ${stage} value. It must be a text: a JSON object for most engines.`,
      );
    }
    const { ARN: secretArn = "", VersionId, SecretString } = answer;
    return { secretArn, versionId: VersionId, value: new SecretValue(SecretString) };
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

  /** Makes the call. Undefined for an error with one of the `expected` codes. */
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
