import {
  CreateSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { awsClient } from "@rotated-secrets/sandbox/samples/database-secret";
import type { Sandbox } from "@rotated-secrets/sandbox/sandbox";
import { eventually } from "../support/eventually.ts";

/** Actions of a person in AWS, by the SDK. */
export class AwsSecrets {
  readonly #client: SecretsManagerClient;

  constructor(sandbox: Sandbox) {
    this.#client = awsClient(sandbox);
  }

  /** Makes a secret that nothing rotates, of a document, or of a text or bytes as they are. Returns its ARN and the id of its version. */
  async create(
    name: string,
    document: object | string,
  ): Promise<{ readonly arn: string; readonly versionId: string }> {
    const made = await this.#client.send(new CreateSecretCommand({ Name: name, ...valueOf(document) }));
    return { arn: made.ARN ?? "", versionId: made.VersionId ?? "" };
  }

  /** Makes a new version current. Returns its id. */
  async put(name: string, document: object | string): Promise<string> {
    const put = new PutSecretValueCommand({ SecretId: name, ...valueOf(document) });
    return (await this.#client.send(put)).VersionId ?? "";
  }

  /** Sets rotation up, with a function, and rotates nothing. */
  async setUpRotation(name: string, functionArn: string): Promise<void> {
    await this.#client.send(
      new RotateSecretCommand({
        SecretId: name,
        RotationLambdaARN: functionArn,
        RotationRules: { AutomaticallyAfterDays: 1000 },
        RotateImmediately: false,
      }),
    );
  }

  /** Rotates by the function that is set up. Returns the id of the version that this makes. */
  async rotate(name: string): Promise<string> {
    // The trial that setting up rotation begins may not be quite at its end, which is an error of RotateSecret.
    const begun = await eventually("AWS takes the order to rotate", () =>
      this.#client.send(new RotateSecretCommand({ SecretId: name })),
    );
    return begun.VersionId ?? "";
  }

  close(): void {
    this.#client.destroy();
  }
}

function valueOf(document: object | string) {
  if (document instanceof Uint8Array) return { SecretBinary: document };
  return { SecretString: typeof document === "string" ? document : JSON.stringify(document) };
}

/** A credential of version `n`, as a simple document. */
export function credential(n: number): { readonly username: string; readonly password: string } {
  return { username: `app${n}`, password: `planted-${n}-${"x".repeat(8)}` };
}
