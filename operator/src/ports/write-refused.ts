import type { WorkloadKind } from "../api/workload-kind.ts";

/**
 * The API server does not let an object be written, and will not until somebody changes something: permissions, an
 * admission webhook, a quota, rules of validity.
 */
export class WriteRefused extends Error {
  override readonly name = "WriteRefused";
  /** Its message may be logged and shown. */
  readonly disclosable = true;
  /** The API server's answer, as far as it may be shown: never a value of a Secret. */
  readonly why: string;

  /** @param what names the object for people: `the Secret shop/db` */
  constructor(what: string, why: string, options?: ErrorOptions) {
    super(`${what} may not be written: ${why}`, options);
    this.why = why;
  }
}

/** An object that could not be written, and why. */
export interface Refusal {
  readonly kind: "Secret" | WorkloadKind;
  readonly name: string;
  /** As in `WriteRefused`. */
  readonly why: string;
}
