import type { RotationStep } from "@rotated-secrets/contract/rotation-event";
import type { Logger } from "pino";
import type { RotationError } from "../rotation-error.ts";
import type { StepOutcome } from "../steps/rotation.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";

/** Whose step it is, for metrics. */
export interface StepOwner {
  readonly functionName: string;
  /** Undefined where the function was called with something else than a step. */
  readonly step: RotationStep | undefined;
}

/** Tells how a step ended, in one line that is log and metrics at once; an error's stack only where the fault is ours. */
export class StepReport {
  readonly #log: Logger;
  readonly #owner: StepOwner;
  readonly #startedAt = performance.now();

  /** The step begins now. `log` carries request, secret, version and step. */
  constructor(log: Logger, owner: StepOwner) {
    this.#log = log;
    this.#owner = owner;
  }

  ended(outcome: StepOutcome): void {
    this.#log.info({ outcome, ...this.#measured([], 0) }, `${this.#owner.step}: ${outcome}`);
  }

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
