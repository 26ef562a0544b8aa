import { randomBytes } from "node:crypto";
import {
  CreateSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import pg from "pg";
import type { Sandbox } from "../sandbox.ts";

/** A database with an application's user, and the application's secret. A second secret holds the master's credential. */
export interface DatabaseSecret {
  /** Name and ARN of the application's secret. */
  readonly name: string;
  readonly arn: string;
  /** The application's user; the alternate one is `<user>_clone`. */
  readonly user: string;
  readonly database: string;
  /** Id of the first version. */
  readonly versionId: string;
}

/**
 * Creates a role and a database as the master, which is not a superuser, stores the credential in AWS in the format of
 * AWS's template for alternating users, and sets up the rotation with the sandbox's function. It rotates nothing yet.
 */
export async function createDatabaseSecret(
  sandbox: Sandbox,
  options: { readonly name: string; readonly user: string },
): Promise<DatabaseSecret> {
  const { name, user } = options;
  const { host, port, master } = sandbox.postgres;
  const password = randomBytes(18).toString("base64url");
  const server = { engine: "postgres", host, port };
  await createRole(sandbox, user, password);
  const client = awsClient(sandbox);
  try {
    const masterSecret = await client.send(
      new CreateSecretCommand({
        Name: `${name}-master`,
        SecretString: JSON.stringify({ ...server, ...master, dbname: "postgres" }),
      }),
    );
    const document = { ...server, username: user, password, dbname: user, masterarn: masterSecret.ARN };
    const secret = await client.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(document) }),
    );
    await client.send(
      new RotateSecretCommand({
        SecretId: name,
        RotationLambdaARN: sandbox.rotator.arn,
        RotationRules: { AutomaticallyAfterDays: 1000 },
        RotateImmediately: false,
      }),
    );
    return { name, arn: secret.ARN ?? "", user, database: user, versionId: secret.VersionId ?? "" };
  } finally {
    client.destroy();
  }
}

/** An SDK client for the emulator, as the identity `admin`. */
export function awsClient(sandbox: Pick<Sandbox, "aws">): SecretsManagerClient {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL } =
    sandbox.aws.credentials("admin");
  return new SecretsManagerClient({
    region: AWS_REGION,
    endpoint: AWS_ENDPOINT_URL,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
  });
}

async function createRole(sandbox: Sandbox, user: string, password: string): Promise<void> {
  const { host, port, master } = sandbox.postgres;
  const client = new pg.Client({
    host,
    port,
    user: master.username,
    password: master.password,
    database: "postgres",
  });
  // The promises report every failure. Without a listener the event would end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    const role = pg.escapeIdentifier(user);
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    await client.query(`GRANT ${role} TO CURRENT_USER`);
    await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
  } finally {
    await client.end();
  }
}
