import { matchesGlob } from "@rotated-secrets/contract/secret-glob";
import { RotationError } from "../rotation-error.ts";
import { canonicalHost, type ServerAddress } from "./server-address.ts";

/**
 * The writer of a document chooses its host and port. The list keeps the function from being used to reach other services of
 * its network. An entry is `host` or `host:port`; `*` stands for any characters. @throws RotationError of kind `document`
 */
export function assertAllowedHost(
  { host, port }: Pick<ServerAddress, "host" | "port">,
  allowed: readonly string[] | undefined,
): void {
  const name = canonicalHost(host);
  const forms = [name, `${name}:${port}`];
  if (allowed === undefined || allowed.some((glob) => forms.some((form) => matchesGlob(glob, form)))) return;
  throw new RotationError(
    "document",
    `The function may not connect to ${host}:${port}: its variable ALLOWED_HOSTS does not contain that host. Correct the ` +
      "secret, or add the host.",
  );
}
