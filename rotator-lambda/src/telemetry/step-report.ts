import type { RotationStep } from "@rotated-secrets/contract/rotation-event";
import type { Logger } from "pino";
import type { RotationError } from "../rotation-error.ts";
import type { StepOutcome } from "../steps/rotation.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";

/** The step that a report is about, for metrics. */
export interface StepOwner {
  readonly functionName: string;
  /** Undefined if the call was not a step of a rotation. */
  readonly step: RotationStep | undefined;
}

/** Logs how a step ended, in one line that also holds its metrics. Only a bug is logged with its stack. */
export class StepReport {
  readonly #log: Logger;
  readonly #owner: StepOwner;
  readonly #startedAt = performance.now();

  /** Starts measuring. `log` has the fields of request, secret, version and step. */
  constructor(log: Logger, owner: StepOwner) {
    this.#log = log;
    this.#owner = owner;
  }

  /** Logs a successful step. */
  ended(outcome: StepOutcome): void {
    this.#log.info({ outcome, ...this.#measured([], 0) }, `${this.#owner.step}: ${outcome}`);
  }

  /** Logs a failed step. */
  failed(fault: RotationError): void {
    const stack = fault.kind === "bug" ? { stack: fault.stack } : {};
    const measured = this.#measured(["reason"], 1);
    this.#log.error({ outcome: "failed", reason: fault.kind, ...measured, ...stack }, fault.message);
  }

  #measured(dimensions: readonly string[], failures: 0 | 1): object {
    const { functionName, step } = this.#owner;
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const owner = step === undefined ? ["functionName"] : ["functionName", "step"];
    return { functionName, durationMs, failures, _aws: embeddedMetrics([...owner, ...dimensions]) };
  }
}
