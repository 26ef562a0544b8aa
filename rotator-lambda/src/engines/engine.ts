import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn } from "@rotated-secrets/contract/version-id";

/**
 * What differs between kinds of credential. The steps call an engine; an engine knows nothing of versions, labels and
 * retries. It keeps no state, for every call may run in another process, and each may run twice, late, next to another
 * run of itself, and end anywhere: whatever a call left half done, the same call made again completes. Every failure is
 * a RotationError of the kind that says who has to mend it (rotation-error.ts), and no message holds a value; anything
 * else counts as a bug.
 *
 * createSecret and setSecret use the engine that AWSCURRENT's document names, testSecret the one that AWSPENDING's does.
 * To add one: CONTRIBUTING.md, "Add an engine".
 */
export interface Engine {
  /** Whether readers of `current` can go on logging in with it after `set`. Only then is a rotation free of errors. */
  overlap(current: SecretValue<string>): boolean;
  /**
   * createSecret. The document of a new credential that is to follow `current`, whose other members it keeps. Must not
   * make anything outside: nothing is stored yet, and a second call may make another one.
   */
  create(current: SecretValue<string>): Promise<SecretValue<string>>;
  /**
   * setSecret. Makes the service accept `pending`. Checks before it changes anything that `pending` may follow `current`
   * (a document is not proof of the right to change a user: a credential that was current must work), and holds a lock
   * meanwhile that every other change to the credentials of this secret takes too. `unchanged` when `pending` works already.
   */
  set(change: CredentialChange): Promise<"changed" | "unchanged">;
  /** testSecret. Uses `pending` as its readers will. Changes nothing. */
  test(pending: SecretValue<string>): Promise<void>;
}

/** What `set` is to do. */
export interface CredentialChange {
  /** Names the lock. */
  readonly secretArn: SecretArn;
  readonly current: SecretValue<string>;
  readonly pending: SecretValue<string>;
  /** The AWSPREVIOUS value, which may still be what works where the current one does not; undefined where there is none. */
  readonly previous: () => Promise<SecretValue<string> | undefined>;
  /**
   * To be called with the lock held, right before the first change: looks whether Secrets Manager still wants this
   * change. @throws RotationError when a newer rotation has taken over
   */
  readonly lookAgain: () => Promise<void>;
}

/** What an engine may use. */
export interface EngineDependencies {
  /** The AWSCURRENT value of another secret, such as the one of `masterarn`. */
  readonly readSecret: (secretId: string) => Promise<SecretValue<string>>;
  /** A new random password, by the function's settings. */
  readonly newPassword: () => Promise<SecretValue<string>>;
  /** PEM certificates to verify servers with instead of Node's own, or undefined. */
  readonly certificateAuthorities: string | undefined;
  /**
   * Aborted shortly before the function's time is over. An engine has to cut its connections then, not only to stop
   * waiting for them: a function that is frozen would go on holding its locks.
   */
  readonly signal: AbortSignal;
}

/** The tags of a secret: key to value. */
export type Tags = ReadonlyMap<string, string>;

/** What an engine's module exports. */
export type CreateEngine = (dependencies: EngineDependencies, tags: Tags) => Engine;
