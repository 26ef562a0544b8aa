import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "../clock.ts";
import { type ConnectPostgres, postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { createPostgresEngine } from "../engines/postgres/postgres-engine.ts";
import { newPassword } from "../password/new-password.ts";
import { readSettings } from "../settings.ts";
import type { Rotation } from "../steps/rotation.ts";
import { runStep } from "../steps/run-step.ts";
import type { SecretsManager } from "../steps/secrets-manager.ts";
import { FUNCTION_ARN } from "./in-memory-secrets-manager.ts";
import { SECRET_ARN, type TestDatabase } from "./test-database.ts";

const LAMBDA_TIMEOUT_MS = 60_000;

/** A rotation with the engine for PostgreSQL, as the handler would wire it. */
export function postgresRotation(options: {
  readonly database: TestDatabase;
  readonly secrets: SecretsManager;
  readonly clock: Clock;
  readonly versionId: VersionId;
  readonly connect?: ConnectPostgres;
  readonly warn?: (message: string) => void;
}): Rotation {
  const { database, secrets, clock, versionId } = options;
  const warn = options.warn ?? (() => {});
  const dependencies = {
    readSecret: async (secretId: string) => {
      const version = await secrets.read(secretId, AWSCURRENT);
      return version?.value ?? new SecretValue("");
    },
    newPassword: () => newPassword(readSettings({}).password),
    certificateAuthorities: database.ca,
    signal: AbortSignal.timeout(LAMBDA_TIMEOUT_MS),
  };
  const connect = options.connect ?? postgresConnector(dependencies);
  const engineFor = async () => createPostgresEngine(dependencies, connect);
  return { secretArn: SECRET_ARN, versionId, functionArn: FUNCTION_ARN, secrets, clock, engineFor, warn };
}

/** All four steps, each `times` times, as Secrets Manager calls them. */
export async function runAllSteps(rotation: Rotation, times = 1): Promise<void> {
  for (const step of rotationStepSchema.options) {
    for (let run = 0; run < times; run += 1) await runStep(step, rotation);
  }
}
