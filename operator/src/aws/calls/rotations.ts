import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { RotateOutcome, Rotations } from "../../ports/rotations.ts";
import type { SecretsManagerApi } from "./secrets-manager-api.ts";

/** Starts rotations by RotateSecret, which reuses the configuration that the secret has. */
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
    const { problem, said } = result;
    const inProgress = problem.code === "InvalidRequestException" && said === "previousRotationNotComplete";
    return inProgress ? { kind: "inProgress" } : { kind: "problem", problem };
  }
}
