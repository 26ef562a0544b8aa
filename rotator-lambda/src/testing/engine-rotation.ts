import { randomUUID } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { CredentialChange, Engine } from "../engines/engine.ts";
import { createPostgresEngine } from "../engines/postgres/postgres-engine.ts";
import { RotationError } from "../rotation-error.ts";
import { type Members, SECRET_ARN, type TestDatabase } from "./test-database.ts";

/** What is not the default in a rotation by the engine alone. */
export interface EngineOptions {
  /** The master's document. */
  readonly master?: string;
  /** The new password. */
  readonly password?: string;
}

/** The engine for PostgreSQL, without a Secrets Manager. */
export function engineFor(database: TestDatabase, options: EngineOptions = {}): Engine {
  return createPostgresEngine({
    readSecret: async () => new SecretValue(options.master ?? database.masterDocument()),
    newPassword: async () => new SecretValue(options.password ?? `n3w-${randomUUID()}`),
    certificateAuthorities: database.ca,
    signal: AbortSignal.timeout(60_000),
  });
}

/** createSecret, setSecret and testSecret of one rotation; returns the document that is then current. */
export async function rotateOnce(
  database: TestDatabase,
  current: string,
  options: EngineOptions = {},
): Promise<string> {
  const engine = engineFor(database, options);
  const pending = await engine.create(new SecretValue(current));
  await engine.set(changeOf(current, pending.reveal()));
  await engine.test(pending);
  return pending.reveal();
}

/** What setSecret hands to an engine. */
export function changeOf(current: string, pending: string, previous?: string): CredentialChange {
  return {
    secretArn: SECRET_ARN,
    current: new SecretValue(current),
    pending: new SecretValue(pending),
    previous: async () => (previous === undefined ? undefined : new SecretValue(previous)),
    lookAgain: async () => {},
  };
}

/** The RotationError that the action fails by. @throws when it does not */
export async function failureOf(action: Promise<unknown>): Promise<RotationError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RotationError) return error;
  throw new Error("it did not fail as it should", { cause: error });
}

/** The document with some members changed; undefined takes one away. */
export function edit(document: string, members: Members): string {
  return JSON.stringify({ ...JSON.parse(document), ...members });
}
