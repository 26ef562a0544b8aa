import type { SecretsManagerClient as SdkClient } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn } from "@rotated-secrets/contract/version-id";
import { createSdkClient } from "./aws/secrets-manager-client.ts";
import { systemClock } from "./clock.ts";
import type { EngineDependencies } from "./engines/engine.ts";
import { assertMayUse, type Masters } from "./masters.ts";
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

/** One invocation of the function. */
export interface Invocation {
  /** The secret that it rotates. */
  readonly secretArn: SecretArn;
  readonly secrets: SecretsManager;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** The services for engines during one invocation. */
export function engineDependencies(
  { password, certificateAuthorities, masters, allowedHosts }: Settings,
  invocation: Invocation,
): EngineDependencies {
  return {
    readSecret: (secretId) => readMaster(invocation, secretId, masters),
    masterBinding: masters === undefined ? "address" : "settings",
    allowedHosts,
    newPassword: () => newPassword(password),
    certificateAuthorities,
    signal: invocation.signal,
  };
}

async function readMaster(
  { secrets, secretArn }: Invocation,
  secretId: string,
  masters: Masters | undefined,
): Promise<SecretValue<string>> {
  const version = await readUntil(
    systemClock,
    () => secrets.read(secretId, AWSCURRENT),
    (seen) => seen !== undefined,
  );
  if (version !== undefined) {
    // By the ARN in AWS's answer, because "masterarn" may be a name.
    assertMayUse(masters, { secretArn, masterArn: version.secretArn });
    return version.value;
  }
  throw new RotationError(
    "document",
    `The secret ${secretId} in "masterarn" does not exist or has no AWSCURRENT value. Correct "masterarn".`,
  );
}
