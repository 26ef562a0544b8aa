import { AwsError } from "./aws-error.ts";

/** Which calls a scripted fault hits: those that agree in every member given. */
export interface FaultMatch {
  readonly operation?: string;
  readonly accessKeyId?: string;
  /** Name or ARN of the secret. */
  readonly secretId?: string;
}

/** The error that is answered. The status follows from the code where it is not given. */
export interface FaultError {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

/** A call as a fault sees it. */
export interface FaultTarget {
  readonly operation: string;
  readonly accessKeyId: string;
  /** Everything that the call's secret is called: as in the request, name, ARN. */
  readonly secretIds: readonly string[];
}

interface Fault {
  readonly match: FaultMatch;
  readonly error: AwsError;
  left: number;
}

/** The faults that are scripted at the moment; the first that matches a call answers it. */
export class Faults {
  readonly #faults = new Set<Fault>();

  /** Adds a fault for the next `times` calls that match. Returns a function that ends it earlier. */
  add(match: FaultMatch, { code, message, status }: FaultError, times: number): () => void {
    const fault = { match, error: new AwsError(code, message, status), left: times };
    this.#faults.add(fault);
    return () => this.#faults.delete(fault);
  }

  /** The error for a call, if one is due. */
  take(target: FaultTarget): AwsError | undefined {
    return this.#take((match) => matches(match, target));
  }

  /**
   * The error for one secret in a BatchGetSecretValue. AWS: BatchGetSecretValue API reference: each secret needs the
   * permission for GetSecretValue, so a fault of either operation hits, if it names the secret.
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
