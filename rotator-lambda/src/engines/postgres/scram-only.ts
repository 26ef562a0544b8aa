import type pg from "pg";

/** How a server wanted to let a user in, other than by SCRAM. */
export type WeakMethod = "plaintext" | "MD5" | "no password";

/**
 * Calls `refuse` before the client answers a server that does not use SCRAM. Only SCRAM keeps the password from the server, and
 * proves that the server knows the user: in plaintext any server could read it, and without a password any server could let
 * anyone in. The handlers run before those of the client, which adds its own when it connects.
 */
export function acceptOnlyScram(client: pg.Client, refuse: (method: WeakMethod) => void): void {
  const { connection } = client;
  let isProven = false;
  connection.on("authenticationCleartextPassword", () => refuse("plaintext"));
  connection.on("authenticationMD5Password", () => refuse("MD5"));
  connection.on("authenticationSASLFinal", () => {
    isProven = true;
  });
  connection.on("authenticationOk", () => {
    if (!isProven) refuse("no password");
  });
}
