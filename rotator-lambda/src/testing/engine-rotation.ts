import { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { CredentialChange, Engine } from "../engines/engine.ts";
import { RotationError } from "../rotation-error.ts";
import { type Members, SECRET_ARN } from "./test-database.ts";

/** createSecret, setSecret and testSecret by an engine alone, without a Secrets Manager; returns what is then current. */
export async function rotateWith(engine: Engine, current: string): Promise<string> {
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
