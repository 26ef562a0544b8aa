import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { SecretArn, VersionId } from "@rotated-secrets/contract/version-id";

/**
 * The part of a rotation that depends on the kind of credential. The steps call an engine. An engine does not know about
 * versions, labels and retries.
 *
 * An engine keeps no state, because each call may run in another process. A call may run twice, late, at the same time as
 * another run of it, and be killed anywhere. Repeating the call completes anything that an earlier run left unfinished.
 *
 * Every failure is a RotationError. Its kind says where to fix it (rotation-error.ts), and its message holds no value.
 * Any other error counts as a bug.
 *
 * All steps use the engine of the AWSCURRENT document.
 * To add an engine: CONTRIBUTING.md, "Add an engine".
 */
export interface Engine {
  /** Whether readers can still log in with `current` after `set`. Without this, a rotation causes failed logins. */
  overlap(current: SecretValue<string>): boolean;
  /**
   * createSecret. Returns the document of a new credential that will follow `current`, with its other fields. Must not
   * change any service: the document is not stored yet, and a second call may return a different one.
   */
  create(current: SecretValue<string>): Promise<SecretValue<string>>;
  /**
   * setSecret. Makes the service accept `pending`. Returns `unchanged` if `pending` already works.
   *
   * Before any change it makes the same `check`. A document does not prove the right to change a user: a credential that was
   * current must log in. During the change it holds a lock that all changes to the same credentials take.
   */
  set(change: CredentialChange): Promise<"changed" | "unchanged">;
  /**
   * Checks that `pending` is a successor that `create` can have made for `current`: no other field differs. Uses only the
   * documents. @throws RotationError of kind `document`
   */
  check(succession: Succession): void;
  /** testSecret and finishSecret. Uses `pending` in the same way as its readers. Changes nothing. */
  test(pending: SecretValue<string>): Promise<void>;
}

/** Two values of a secret, of which the second is to follow the first. */
export interface Succession {
  readonly current: SecretValue<string>;
  readonly pending: SecretValue<string>;
}

/** The change that `set` makes. */
export interface CredentialChange extends Succession {
  /** The secret. A credential that belongs to another secret must not be changed. */
  readonly secretArn: SecretArn;
  /** The version of `pending`. */
  readonly versionId: VersionId;
  /** Reads the AWSPREVIOUS value, which may still work if the current one does not. Undefined if there is none. */
  readonly previous: () => Promise<SecretValue<string> | undefined>;
  /**
   * Checks that Secrets Manager still wants this change. Call it with the lock held, right before the first change.
   * @throws RotationError when a newer rotation has taken over
   */
  readonly lookAgain: () => Promise<void>;
}

/** The services that an engine may use. */
export interface EngineDependencies {
  /** The AWSCURRENT value of another secret, such as the one of `masterarn`. @throws RotationError if the settings forbid it */
  readonly readSecret: (secretId: string) => Promise<SecretValue<string>>;
  /**
   * How a secret is bound to its master. `address`: both documents must name the same server. `settings`: the function's
   * settings list the secrets of each master, so the application may use another address, such as that of a pooler.
   */
  readonly masterBinding: "address" | "settings";
  /** Globs of the hosts that the function may connect to, as `host` or `host:port`; undefined for all. */
  readonly allowedHosts: readonly string[] | undefined;
  /** A new random password, following the function's settings. */
  readonly newPassword: () => Promise<SecretValue<string>>;
  /** PEM certificates of the trusted authorities; undefined for Node's own. */
  readonly certificateAuthorities: string | undefined;
  /**
   * Aborted shortly before the function times out. An engine must then cut its connections. It is not enough to stop
   * waiting: Lambda freezes the function, and a frozen function keeps its locks.
   */
  readonly signal: AbortSignal;
}

/** The tags of a secret, by key. */
export type Tags = ReadonlyMap<string, string>;

/** The function that an engine's module exports. */
export type CreateEngine = (dependencies: EngineDependencies, tags: Tags) => Engine;
