import type { WorkloadKind } from "../api/workload-kind.ts";

/**
 * The API server refuses to write an object, and will refuse again until a person changes something: permissions, an
 * admission webhook, a quota, or the object itself.
 */
export class WriteRefused extends Error {
  override readonly name = "WriteRefused";
  /** Its message may be logged and shown. */
  readonly disclosable = true;
  /** The API server's reason, without values of Secrets. */
  readonly why: string;

  /** @param what the object in words: `the Secret shop/db` */
  constructor(what: string, why: string, options?: ErrorOptions) {
    super(`${what} may not be written: ${why}`, options);
    this.why = why;
  }
}

/** An object that could not be written, and the reason. */
export interface Refusal {
  readonly kind: "Secret" | WorkloadKind;
  readonly name: string;
  /** As in `WriteRefused`. */
  readonly why: string;
}
