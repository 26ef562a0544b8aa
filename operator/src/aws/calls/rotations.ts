import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { RotateOutcome, Rotations } from "../../ports/rotations.ts";
import type { SecretsManagerApi } from "./secrets-manager-api.ts";
import { ROTATION_NOT_COMPLETE } from "./secrets-manager-service.ts";

/** Starts rotations by RotateSecret, with the rotation configuration that the secret has. */
export class AwsRotations implements Rotations {
  readonly #api: SecretsManagerApi;

  constructor(api: SecretsManagerApi) {
    this.#api = api;
  }

  async rotate(
    arn: SecretArn,
    scope: AwsScope,
    token: VersionId,
    signal: AbortSignal,
  ): Promise<RotateOutcome> {
    const result = await this.#api.rotateSecret(scope, arn, token, signal);
    if (result.kind === "answer") return { kind: "accepted" };
    const { problem, sentence } = result;
    const inProgress = problem.code === "InvalidRequestException" && sentence === ROTATION_NOT_COMPLETE;
    return inProgress ? { kind: "inProgress" } : { kind: "problem", problem };
  }
}
