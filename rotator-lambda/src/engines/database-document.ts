import { type DatabaseDocument, databaseDocumentSchema } from "@rotated-secrets/contract/database-document";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";
import { jsonObject, withMembers } from "./json-object.ts";

/** Which document an error is to name. */
export type DocumentRole = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS" | "master";

/** Reads a database's document. @throws RotationError of kind `document` that names every member that is wrong, and no value */
export function parseDocument(value: SecretValue<string>, role: DocumentRole): DatabaseDocument {
  const members = jsonObject(value);
  if (role === "master" && members["host"] === undefined) {
    throw new RotationError(
      "document",
      'The master document has no "host". The secrets that RDS manages have none and cannot be used as masterarn: name a ' +
        "secret with engine, host, username and password.",
    );
  }
  const parsed = databaseDocumentSchema.safeParse(members);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `"${issue.path.join(".")}": ${issue.message}`);
  throw new RotationError("document", `The ${role} document cannot be used: ${problems.join("; ")}.`);
}

/** Whether the document names a master user, and so has two users take turns. @throws RotationError of kind `document` */
export function namesMaster(current: SecretValue<string>): boolean {
  return typeof parseDocument(current, "AWSCURRENT").masterarn === "string";
}

/** The secret that holds the master user. @throws RotationError of kind `document` when the document names none */
export function masterSecretOf(current: SecretValue<string>): string {
  const { masterarn } = parseDocument(current, "AWSCURRENT");
  if (typeof masterarn === "string") return masterarn;
  throw new RotationError(
    "document",
    'The AWSCURRENT document has no "masterarn": alternating users need the ARN of a secret with a user who may make ' +
      "and change both.",
  );
}

/** The same document, every other member included, for another user with another password. */
export function withCredential(
  value: SecretValue<string>,
  username: string,
  password: SecretValue<string>,
): SecretValue<string> {
  return withMembers(value, { username, password: password.reveal() });
}
