/** One call that the emulator has answered. */
export interface AwsCall {
  /** Counts from 1, in the order of the answers. */
  readonly number: number;
  /** When the call came, milliseconds since 1970. */
  readonly at: number;
  /** Such as GetSecretValue. */
  readonly operation: string;
  /** Whose call it was; empty for a request without a signature. */
  readonly accessKeyId: string;
  /** The secret as the request names it. */
  readonly secretId?: string;
  /** The role that was to be assumed. */
  readonly roleArn?: string;
  readonly status: number;
  /** Type of the exception, where it was one. */
  readonly errorCode?: string;
}

/** Every call since the start. */
export class CallJournal {
  readonly #calls: AwsCall[] = [];

  get calls(): readonly AwsCall[] {
    return this.#calls;
  }

  add(call: Omit<AwsCall, "number">): void {
    this.#calls.push({ number: this.#calls.length + 1, ...call });
  }
}
