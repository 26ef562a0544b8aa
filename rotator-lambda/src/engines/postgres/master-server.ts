import { RotationError } from "../../rotation-error.ts";
import { isSameAddress, wordsFor } from "../server-address.ts";
import type { PostgresLogin } from "./postgres-document.ts";

/** @throws RotationError of kind `document` when the master's document names a different server */
export function assertSameServer(master: PostgresLogin, current: PostgresLogin): void {
  if (isSameAddress(master, current)) return;
  throw new RotationError(
    "document",
    `The master secret is for the host ${wordsFor(master)}; the AWSCURRENT document is for ${wordsFor(current)}. Nothing was ` +
      'changed. Host, port and "ssl" must be the same in both. Correct "masterarn" or one of the documents. If the application ' +
      "has to use another address, such as that of a pooler or an alias, list the secret in the function's variable MASTERS.",
  );
}
