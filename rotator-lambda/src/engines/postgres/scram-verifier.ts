import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import saslprep from "@mongodb-js/saslprep";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";

const SALT_BYTES = 16;
/** PostgreSQL's own default, `scram_iterations`. RFC 7677 wants 4,096 at least. */
const ITERATIONS = 4_096;
const KEY_BYTES = 32;

/**
 * What PostgreSQL stores of a password, made here so that the password itself never reaches the server and its log:
 * `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`. RFC 5802, section 3; PostgreSQL: pg_authid.
 */
export async function scramVerifier(
  password: SecretValue<string>,
  salt: Uint8Array = randomBytes(SALT_BYTES),
  iterations = ITERATIONS,
): Promise<string> {
  const prepared = Buffer.from(prepare(password.reveal()), "utf8");
  const salted = await promisify(pbkdf2)(prepared, salt, iterations, KEY_BYTES, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${Buffer.from(salt).toString("base64")}$${storedKey}:${serverKey}`;
}

/** SASLprep, RFC 4013. PostgreSQL and libpq take a password that it forbids as it is. */
function prepare(password: string): string {
  try {
    return saslprep(password);
  } catch {
    return password;
  }
}
