import type { SecretsManagerClient as SdkClient } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { createSdkClient } from "./aws/secrets-manager-client.ts";
import { systemClock } from "./clock.ts";
import type { EngineDependencies } from "./engines/engine.ts";
import { newPassword } from "./password/new-password.ts";
import { RotationError } from "./rotation-error.ts";
import { type Environment, readSettings, type Settings } from "./settings.ts";
import { readUntil } from "./steps/read-until.ts";
import type { SecretsManager } from "./steps/secrets-manager.ts";

/** The parts that outlive an invocation. */
export interface StartedFunction {
  readonly settings: Settings;
  readonly sdk: SdkClient;
}

/** Reads the settings and creates the client. @throws RotationError of kind `settings` */
export function startFunction(environment: Environment): StartedFunction {
  const settings = readSettings(environment);
  return { settings, sdk: createSdkClient(settings.secretsManagerEndpoint) };
}

/** The services for engines during one invocation. `signal` ends it. */
export function engineDependencies(
  settings: Settings,
  secrets: SecretsManager,
  signal: AbortSignal,
): EngineDependencies {
  return {
    readSecret: (secretId) => readOtherSecret(secrets, secretId),
    newPassword: () => newPassword(settings.password),
    certificateAuthorities: settings.certificateAuthorities,
    signal,
  };
}

async function readOtherSecret(secrets: SecretsManager, secretId: string): Promise<SecretValue<string>> {
  const version = await readUntil(
    systemClock,
    () => secrets.read(secretId, AWSCURRENT),
    (seen) => seen !== undefined,
  );
  if (version !== undefined) return version.value;
  throw new RotationError(
    "document",
    `The secret ${secretId} in "masterarn" does not exist or has no AWSCURRENT value. Correct "masterarn".`,
  );
}
