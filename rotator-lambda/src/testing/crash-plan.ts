import type { ConnectPostgres } from "../engines/postgres/postgres-connection.ts";
import type { SecretsManager } from "../steps/secrets-manager.ts";

/** What a call throws in a process that was killed. */
export class Crash extends Error {}

/** Kills the process before the `at`-th of the calls to AWS and to the database that go through it. */
export class CrashPlan {
  readonly #at: number;
  #calls = 0;

  constructor(at: number) {
    this.#at = at;
  }

  /** Whether the process was killed. */
  get crashed(): boolean {
    return this.#calls >= this.#at;
  }

  secretsManager(real: SecretsManager): SecretsManager {
    return {
      describe: (...args) => this.#call(() => real.describe(...args)),
      read: (...args) => this.#call(() => real.read(...args)),
      storePending: (...args) => this.#call(() => real.storePending(...args)),
      moveCurrent: (...args) => this.#call(() => real.moveCurrent(...args)),
    };
  }

  connect(real: ConnectPostgres): ConnectPostgres {
    return async (login) => {
      const connection = await this.#call(() => real(login));
      return {
        run: (statement) => this.#call(() => connection.run(statement)),
        // The system closes the connections of a process that is gone.
        end: () => connection.end(),
      };
    };
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    if (this.crashed) throw new Crash();
    return await call();
  }
}
