import type { SecretsManager } from "../steps/secrets-manager.ts";

/** Thrown by every call of a killed process. */
export class Crash extends Error {}

/** Kills the process before call number `at`. Counts all calls that go through it, to AWS and to the engine's service. */
export class CrashPlan {
  readonly #at: number;
  readonly #calls: string[] = [];

  constructor(at: number) {
    this.#at = at;
  }

  /** The first call that was not made; undefined if the process ran to its end. */
  get killedBefore(): string | undefined {
    return this.#calls[this.#at - 1];
  }

  /** A Secrets Manager whose calls the plan counts. */
  secretsManager(real: SecretsManager): SecretsManager {
    return {
      describe: (...args) => this.call("DescribeSecret", () => real.describe(...args)),
      read: (...args) => this.call(`GetSecretValue ${args[1]} of ${args[0]}`, () => real.read(...args)),
      storePending: (...args) => this.call("PutSecretValue", () => real.storePending(...args)),
      moveCurrent: (...args) => this.call("UpdateSecretVersionStage", () => real.moveCurrent(...args)),
    };
  }

  /** Makes the call, unless the process is killed before it. @throws Crash */
  async call<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.#calls.push(name);
    if (this.killedBefore !== undefined) throw new Crash();
    return await call();
  }
}
