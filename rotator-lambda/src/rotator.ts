import { type RotationEvent, rotationEventSchema } from "@rotated-secrets/contract/rotation-event";
import type { Logger } from "pino";
import type { ZodError } from "zod";
import { SecretsManagerClient } from "./aws/secrets-manager-client.ts";
import { systemClock } from "./clock.ts";
import { loadEngine } from "./engines/engines.ts";
import { RotationError, toRotationError } from "./rotation-error.ts";
import { engineDependencies, type StartedFunction, startFunction } from "./started-function.ts";
import type { Rotation } from "./steps/rotation.ts";
import { runStep } from "./steps/run-step.ts";
import { createLogger } from "./telemetry/logger.ts";
import { StepReport } from "./telemetry/step-report.ts";

/** The parts of Lambda's invocation context that the function uses. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  /** Includes the alias or version if the function was invoked by one. */
  readonly invokedFunctionArn: string;
  /** Time until Lambda stops the function, in ms. */
  getRemainingTimeInMillis(): number;
}

/** Time kept back to log an error if calls use up all the rest, in ms. */
const RESERVE_MS = 1_000;

const logger = createLogger();
let started: StartedFunction | undefined;

/**
 * Runs one step. Secrets Manager calls it four times per rotation, once per step. A call that does not throw counts as done.
 * @throws RotationError; AWS then repeats the whole rotation from createSecret, with the same pending version
 */
export async function handler(event: unknown, context: LambdaContext): Promise<void> {
  const { functionName } = context;
  const log = logger.child({ requestId: context.awsRequestId, ...traceId() });
  const parsed = rotationEventSchema.safeParse(event);
  if (!parsed.success) {
    const fault = notARotation(parsed.error);
    new StepReport(log, { functionName, step: undefined }).failed(fault);
    throw fault;
  }
  const { Step: step, SecretId: secretArn, ClientRequestToken: versionId } = parsed.data;
  const stepLog = log.child({ secretArn, step, versionId });
  const report = new StepReport(stepLog, { functionName, step });
  try {
    report.ended(await runStep(step, wire(parsed.data, context, stepLog)));
  } catch (error) {
    const fault = toRotationError(error);
    report.failed(fault);
    throw fault;
  }
}

/** Names the invalid fields, never their values. */
function notARotation({ issues }: ZodError): RotationError {
  const wrong = issues.map((issue) => issue.path.join(".") || "the event").join(", ");
  return new RotationError(
    "settings",
    `This is not a rotation event (invalid: ${wrong}). Only Secrets Manager may invoke this function.`,
  );
}

/** The X-Ray trace id of this invocation, if tracing is on. */
function traceId(): { readonly traceId?: string } {
  const root = /Root=([^;]+)/.exec(process.env["_X_AMZN_TRACE_ID"] ?? "")?.[1];
  return root === undefined ? {} : { traceId: root };
}

function wire(event: RotationEvent, context: LambdaContext, log: Logger): Rotation {
  started ??= startFunction(process.env);
  const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
  const secrets = new SecretsManagerClient(started.sdk, signal);
  const dependencies = engineDependencies(started.settings, {
    secretArn: event.SecretId,
    secrets,
    signal,
  });
  return {
    secretArn: event.SecretId,
    versionId: event.ClientRequestToken,
    functionArn: context.invokedFunctionArn,
    secrets,
    clock: systemClock,
    engineFor: (choice) => loadEngine(choice, dependencies),
    warn: (message) => log.warn(message),
  };
}
