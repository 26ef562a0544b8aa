import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "../clock.ts";
import type { Engine, EngineDependencies } from "../engines/engine.ts";
import { newPassword } from "../password/new-password.ts";
import { readSettings } from "../settings.ts";
import type { Rotation } from "../steps/rotation.ts";
import { runStep } from "../steps/run-step.ts";
import type { SecretsManager } from "../steps/secrets-manager.ts";
import { FUNCTION_ARN } from "./in-memory-secrets-manager.ts";
import { SECRET_ARN } from "./test-database.ts";

const LAMBDA_TIMEOUT_MS = 60_000;

/** The parts of a rotation in a test. */
export interface TestRotation {
  readonly secrets: SecretsManager;
  readonly clock: Clock;
  readonly versionId: VersionId;
  readonly createEngine: (dependencies: EngineDependencies) => Engine;
  /** PEM certificates of the test's server. */
  readonly certificateAuthorities?: string;
  readonly warn?: (message: string) => void;
}

/** A rotation with any engine, wired like in the handler. */
export function rotationWith(parts: TestRotation): Rotation {
  const { secrets, clock, versionId, createEngine, certificateAuthorities, warn = () => {} } = parts;
  const dependencies: EngineDependencies = {
    readSecret: async (secretId) => {
      const version = await secrets.read(secretId, AWSCURRENT);
      return version?.value ?? new SecretValue("");
    },
    newPassword: () => newPassword(readSettings({}).password),
    masterBinding: "address",
    allowedHosts: undefined,
    certificateAuthorities,
    signal: AbortSignal.timeout(LAMBDA_TIMEOUT_MS),
  };
  const engineFor = async () => createEngine(dependencies);
  return { secretArn: SECRET_ARN, versionId, functionArn: FUNCTION_ARN, secrets, clock, engineFor, warn };
}

/** Runs all four steps in order, each `times` times. */
export async function runAllSteps(rotation: Rotation, times = 1): Promise<void> {
  for (const step of rotationStepSchema.options) {
    for (let run = 0; run < times; run += 1) await runStep(step, rotation);
  }
}
