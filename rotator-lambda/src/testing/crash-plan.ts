import type { SecretsManager } from "../steps/secrets-manager.ts";

/** What a call throws in a process that was killed. */
export class Crash extends Error {}

/** Kills the process before the `at`-th of the calls, to AWS and to whatever the engine talks to, that go through it. */
export class CrashPlan {
  readonly #at: number;
  readonly #calls: string[] = [];

  constructor(at: number) {
    this.#at = at;
  }

  /** The call that was not made any more; undefined when the process ran to its end. */
  get killedBefore(): string | undefined {
    return this.#calls[this.#at - 1];
  }

  secretsManager(real: SecretsManager): SecretsManager {
    return {
      describe: (...args) => this.call("DescribeSecret", () => real.describe(...args)),
      read: (...args) => this.call(`GetSecretValue ${args[1]} of ${args[0]}`, () => real.read(...args)),
      storePending: (...args) => this.call("PutSecretValue", () => real.storePending(...args)),
      moveCurrent: (...args) => this.call("UpdateSecretVersionStage", () => real.moveCurrent(...args)),
    };
  }

  /** Makes the call, unless it is the one that the process does not come to. @throws Crash */
  async call<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.#calls.push(name);
    if (this.killedBefore !== undefined) throw new Crash();
    return await call();
  }
}
