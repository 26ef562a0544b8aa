import { randomUUID } from "node:crypto";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import type { CredentialChange, Engine } from "../engines/engine.ts";
import { RotationError } from "../rotation-error.ts";
import { type Fields, SECRET_ARN } from "./test-database.ts";

/** The secret and the version of a change, if they differ from those of most tests. */
type Identity = Partial<Pick<CredentialChange, "secretArn" | "versionId">>;

/** Runs createSecret, setSecret and testSecret of an engine without Secrets Manager. Returns the new current document. */
export async function rotateWith(engine: Engine, current: string, identity: Identity = {}): Promise<string> {
  const pending = await engine.create(new SecretValue(current));
  await engine.set({ ...changeOf(current, pending.reveal()), ...identity });
  await engine.test(pending);
  return pending.reveal();
}

/** The change that setSecret passes to an engine. */
export function changeOf(current: string, pending: string, previous?: string): CredentialChange {
  return {
    secretArn: SECRET_ARN,
    versionId: parseVersionId(randomUUID()),
    current: new SecretValue(current),
    pending: new SecretValue(pending),
    previous: async () => (previous === undefined ? undefined : new SecretValue(previous)),
    lookAgain: async () => {},
  };
}

/** The RotationError of a failed action. @throws when it does not fail with one */
export async function failureOf(action: Promise<unknown>): Promise<RotationError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RotationError) return error;
  throw new Error("expected a RotationError", { cause: error });
}

/** The document with some fields changed; undefined removes a field. */
export function edit(document: string, fields: Fields): string {
  return JSON.stringify({ ...JSON.parse(document), ...fields });
}
