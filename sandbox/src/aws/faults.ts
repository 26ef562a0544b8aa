import { AwsError } from "./aws-error.ts";

/** The calls that a scripted fault hits: those that match all given fields. */
export interface FaultMatch {
  readonly operation?: string;
  readonly accessKeyId?: string;
  /** Name or ARN of the secret. */
  readonly secretId?: string;
}

/** The error answer. Without `status`, the status follows from the code. */
export interface FaultError {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

/** The fields of a call that faults are matched with. */
export interface FaultTarget {
  readonly operation: string;
  readonly accessKeyId: string;
  /** All identifiers of the call's secret: the one in the request, its name and its ARN. */
  readonly secretIds: readonly string[];
}

interface Fault {
  readonly match: FaultMatch;
  readonly error: AwsError;
  left: number;
}

/** The active faults. The first one that matches a call answers it. */
export class Faults {
  readonly #faults = new Set<Fault>();

  /** Adds a fault for the next `times` matching calls. Returns a function that ends it earlier. */
  add(match: FaultMatch, { code, message, status }: FaultError, times: number): () => void {
    const fault = { match, error: new AwsError(code, message, status), left: times };
    this.#faults.add(fault);
    return () => this.#faults.delete(fault);
  }

  /** The error for this call, if a fault matches it. */
  take(target: FaultTarget): AwsError | undefined {
    return this.#take((match) => matches(match, target));
  }

  /**
   * The error for one secret in a BatchGetSecretValue. AWS: BatchGetSecretValue API reference: each secret also needs
   * the permission for GetSecretValue. So a fault of either operation hits, if it names the secret.
   */
  takeForBatchEntry(target: Omit<FaultTarget, "operation">): AwsError | undefined {
    return this.#take(
      (match) =>
        match.secretId !== undefined &&
        ["GetSecretValue", "BatchGetSecretValue"].some((operation) =>
          matches(match, { ...target, operation }),
        ),
    );
  }

  #take(matching: (match: FaultMatch) => boolean): AwsError | undefined {
    for (const fault of this.#faults) {
      if (!matching(fault.match)) continue;
      fault.left -= 1;
      if (fault.left <= 0) this.#faults.delete(fault);
      return fault.error;
    }
    return undefined;
  }
}

function matches({ operation, accessKeyId, secretId }: FaultMatch, target: FaultTarget): boolean {
  return (
    (operation ?? target.operation) === target.operation &&
    (accessKeyId ?? target.accessKeyId) === target.accessKeyId &&
    (secretId === undefined || target.secretIds.includes(secretId))
  );
}
