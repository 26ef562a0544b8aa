import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "../clock.ts";
import type { Engine } from "../engines/engine.ts";
import type { EngineChoice } from "../engines/engines.ts";
import type { SecretDescription, SecretsManager } from "./secrets-manager.ts";

/** One rotation of one secret, and the services that a step may use. */
export interface Rotation {
  readonly secretArn: SecretArn;
  /** The new version: the rotation's ClientRequestToken. */
  readonly versionId: VersionId;
  /** The ARN in the invocation, with its qualifier if one was used. */
  readonly functionArn: string;
  readonly secrets: SecretsManager;
  readonly clock: Clock;
  /** The engine for a secret. @throws RotationError when there is none */
  readonly engineFor: (choice: EngineChoice) => Promise<Engine>;
  /** Logs a warning. */
  readonly warn: (message: string) => void;
}

/** How a successful step ended. `alreadyDone`: an earlier run had already done everything. */
export type StepOutcome = "done" | "alreadyDone";

/**
 * One of the four steps. Secrets Manager may call it twice, late, or at the same time as another run of it, and it may be
 * killed anywhere. Each run finds out what is already done and does the rest. `description` comes from the preflight.
 * @throws RotationError
 */
export type Step = (rotation: Rotation, description: SecretDescription) => Promise<StepOutcome>;
