import type { SecretsManagerClient as SdkClient } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { type RotationEvent, rotationEventSchema } from "@rotated-secrets/contract/rotation-event";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { Logger } from "pino";
import { createSdkClient, SecretsManagerClient } from "./aws/secrets-manager-client.ts";
import { systemClock } from "./clock.ts";
import type { EngineDependencies } from "./engines/engine.ts";
import { loadEngine } from "./engines/engines.ts";
import { createLogger } from "./logger.ts";
import { generatePassword } from "./password/generate-password.ts";
import { RotationError } from "./rotation-error.ts";
import { readSettings, type Settings } from "./settings.ts";
import { readUntil } from "./steps/read-until.ts";
import type { Rotation } from "./steps/rotation.ts";
import { runStep } from "./steps/run-step.ts";
import type { SecretsManager } from "./steps/secrets-manager.ts";

/** What Lambda tells of an invocation. */
export interface LambdaContext {
  readonly awsRequestId: string;
  /** Until Lambda ends the function, in ms. */
  getRemainingTimeInMillis(): number;
}

/** Left for an error to be logged, in ms, when a call takes all the time that there is. */
const RESERVE_MS = 1_000;

const logger = createLogger();
let started: { readonly settings: Settings; readonly sdk: SdkClient } | undefined;

/**
 * Secrets Manager calls this four times a rotation, once a step, and takes what does not throw for done.
 * @throws RotationError; AWS then makes the whole rotation again, from createSecret, with the same pending version
 */
export async function handler(event: unknown, context: LambdaContext): Promise<void> {
  const rotation = parseEvent(event);
  const log = logger.child({
    requestId: context.awsRequestId,
    secretArn: rotation.SecretId,
    step: rotation.Step,
    versionId: rotation.ClientRequestToken,
  });
  const start = systemClock.now();
  const durationMs = () => Math.round(systemClock.now() - start);
  try {
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
    const outcome = await runStep(rotation.Step, wire(rotation, signal, log));
    log.info({ outcome, durationMs: durationMs() }, `${rotation.Step}: ${outcome}`);
  } catch (error) {
    const fault = toRotationError(error);
    const stack = fault.kind === "bug" ? { stack: fault.stack } : {};
    log.error({ outcome: "failed", reason: fault.kind, durationMs: durationMs(), ...stack }, fault.message);
    throw fault;
  }
}

function parseEvent(event: unknown): RotationEvent {
  const parsed = rotationEventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => issue.path.join(".") || "the event").join(", ");
  throw new RotationError(
    "settings",
    `This is not an event of a rotation (wrong: ${wrong}). Only Secrets Manager is to invoke this function.`,
  );
}

function wire(event: RotationEvent, signal: AbortSignal, log: Logger): Rotation {
  started ??= start();
  const { settings, sdk } = started;
  const secrets = new SecretsManagerClient(sdk, signal);
  const dependencies: EngineDependencies = {
    readSecret: (secretId) => readOtherSecret(secrets, secretId),
    newPassword: () => generatePassword(settings.password),
    certificateAuthorities: settings.certificateAuthorities,
  };
  return {
    secretArn: event.SecretId,
    versionId: event.ClientRequestToken,
    secrets,
    clock: systemClock,
    engineFor: (value) => loadEngine(value, dependencies),
    warn: (message) => log.warn(message),
  };
}

function start(): { readonly settings: Settings; readonly sdk: SdkClient } {
  const settings = readSettings(process.env);
  return { settings, sdk: createSdkClient(settings.secretsManagerEndpoint) };
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
    `The secret ${secretId}, which the document names, is not there or has no AWSCURRENT value. Correct "masterarn".`,
  );
}

/** An error that is not ours may hold anything: its name, and where it was thrown, is all that is told of it. */
function toRotationError(error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  const fault = new RotationError(
    "bug",
    `The function failed by an error of its own (${name}): please report it.`,
  );
  const frames =
    error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
  fault.stack = [`${fault.name}: ${fault.message}`, ...frames].join("\n");
  return fault;
}
