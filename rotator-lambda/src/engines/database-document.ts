import { type DatabaseDocument, databaseDocumentSchema } from "@rotated-secrets/contract/database-document";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../rotation-error.ts";
import { jsonObject, withFields } from "./json-object.ts";

/** The document that an error names. */
export type DocumentRole = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS" | "master";

/** Reads a database's document. @throws RotationError of kind `document` that names every invalid field and no value */
export function parseDocument(value: SecretValue<string>, role: DocumentRole): DatabaseDocument {
  const fields = jsonObject(value);
  if (role === "master" && fields["host"] === undefined) {
    throw new RotationError(
      "document",
      'The master document has no "host". A secret managed by RDS has no host and cannot be used as masterarn. Use a ' +
        "secret with engine, host, username and password.",
    );
  }
  const parsed = databaseDocumentSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `"${issue.path.join(".")}": ${issue.message}`);
  throw new RotationError("document", `The ${role} document cannot be used: ${problems.join("; ")}.`);
}

/** Whether the document has a `masterarn`, and so asks for two alternating users. @throws RotationError of kind `document` */
export function namesMaster(current: SecretValue<string>): boolean {
  return typeof parseDocument(current, "AWSCURRENT").masterarn === "string";
}

/** The secret of the master user. @throws RotationError of kind `document` when the document has no `masterarn` */
export function masterSecretOf(current: SecretValue<string>): string {
  const { masterarn } = parseDocument(current, "AWSCURRENT");
  if (typeof masterarn === "string") return masterarn;
  throw new RotationError(
    "document",
    'The AWSCURRENT document has no "masterarn". Alternating users need the ARN of a secret with a user who may create ' +
      "and change both.",
  );
}

/** The same document with another user and password. All other fields stay. */
export function withCredential(
  value: SecretValue<string>,
  username: string,
  password: SecretValue<string>,
): SecretValue<string> {
  return withFields(value, { username, password: password.reveal() });
}
