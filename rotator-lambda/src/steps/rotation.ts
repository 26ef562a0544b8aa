import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock } from "../clock.ts";
import type { Engine } from "../engines/engine.ts";
import type { EngineChoice } from "../engines/engines.ts";
import type { SecretDescription, SecretsManager } from "./secrets-manager.ts";

/** One rotation of one secret, as a step sees it, and what it may use. */
export interface Rotation {
  readonly secretArn: SecretArn;
  /** The version that the rotation makes: its ClientRequestToken. */
  readonly versionId: VersionId;
  /** ARN that this function was invoked by, with its qualifier if one was used. */
  readonly functionArn: string;
  readonly secrets: SecretsManager;
  readonly clock: Clock;
  /** The engine for a secret. @throws RotationError when there is none */
  readonly engineFor: (choice: EngineChoice) => Promise<Engine>;
  /** Tells the person who reads the log of something that is no error. */
  readonly warn: (message: string) => void;
}

/** How a step that did not fail ended. `alreadyDone`: an earlier run of it, or of the whole rotation, had done all. */
export type StepOutcome = "done" | "alreadyDone";

/**
 * One of the four steps. Secrets Manager may call it twice, late, or at the same time as another run of it, and it may be
 * killed anywhere: it finds out what is done already, and does the rest. `description` is what preflight saw.
 * @throws RotationError
 */
export type Step = (rotation: Rotation, description: SecretDescription) => Promise<StepOutcome>;
