/** One call that the emulator has answered. */
export interface AwsCall {
  /** Counted from 1, in the order of the answers. */
  readonly number: number;
  /** Time of the request, ms since 1970. */
  readonly at: number;
  /** For example `GetSecretValue`. */
  readonly operation: string;
  /** The caller's access key. Empty for a request without a signature. */
  readonly accessKeyId: string;
  /** The secret as the request names it. */
  readonly secretId?: string;
  /** The role in a request for AssumeRoleWithWebIdentity. */
  readonly roleArn?: string;
  readonly status: number;
  /** Type of the exception, if the answer was an error. */
  readonly errorCode?: string;
}

/** All calls since the start. */
export class CallJournal {
  readonly #calls: AwsCall[] = [];

  get calls(): readonly AwsCall[] {
    return this.#calls;
  }

  add(call: Omit<AwsCall, "number">): void {
    this.#calls.push({ number: this.#calls.length + 1, ...call });
  }
}
