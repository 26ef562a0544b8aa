import { createHash, createHmac, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import saslprep from "@mongodb-js/saslprep";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import type { VersionId } from "@rotated-secrets/contract/version-id";

const SALT_BYTES = 16;
/** PostgreSQL's default for `scram_iterations`. RFC 7677 requires at least 4,096. */
const ITERATIONS = 4_096;
const KEY_BYTES = 32;

/**
 * The form in which PostgreSQL stores a password. It is computed here, so the password never reaches the server or its log:
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. RFC 5802, section 3; PostgreSQL: pg_authid.
 */
export async function scramVerifier(
  password: SecretValue<string>,
  salt: Uint8Array,
  iterations = ITERATIONS,
): Promise<string> {
  const prepared = Buffer.from(prepare(password.reveal()), "utf8");
  const salted = await promisify(pbkdf2)(prepared, salt, iterations, KEY_BYTES, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

/**
 * The salt for a version's password. It is unique like a random one, but the same in each repetition: the same password then
 * has the same verifier. With a new one, a pooler that passes SCRAM through would refuse correct logins for some seconds.
 * A salt is public. PostgreSQL sends it to everyone who tries to log in.
 */
export function verifierSalt(versionId: VersionId, username: string): Uint8Array {
  const origin = JSON.stringify(["rotatedsecrets.dev/salt", versionId, username]);
  return createHash("sha256").update(origin).digest().subarray(0, SALT_BYTES);
}

/** SASLprep, RFC 4013. Like PostgreSQL and libpq, this leaves a password unchanged if SASLprep forbids it. */
function prepare(password: string): string {
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
