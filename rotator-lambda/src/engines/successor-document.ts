import { RotationError } from "../rotation-error.ts";
import type { Succession } from "./engine.ts";
import { differingFields, jsonObject } from "./json-object.ts";

/** What to do with an AWSPENDING value that the function cannot have made. */
export const FOREIGN_PENDING =
  "Nothing was changed. The rotation function did not make this AWSPENDING value from this AWSCURRENT value. Compare the two. " +
  "If a single user already has the AWSPENDING password, store that password in AWSCURRENT's document with PutSecretValue. " +
  "Otherwise remove the label with `aws secretsmanager update-secret-version-stage --version-stage AWSPENDING " +
  "--remove-from-version-id ...`, then rotate again.";

/**
 * A rotation changes only some fields of a document. A different one in any other field was stored by somebody else, who could
 * choose the server and the master with it. @throws RotationError of kind `document`
 */
export function assertOnlyChanged({ current, pending }: Succession, fields: readonly string[]): void {
  const foreign = differingFields(jsonObject(current), jsonObject(pending)).filter(
    (name) => !fields.includes(name),
  );
  if (foreign.length === 0) return;
  const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");
  throw new RotationError(
    "document",
    `The AWSPENDING document differs from the AWSCURRENT document in ${list(foreign)}, but a rotation changes only ` +
      `${list(fields)}. ${FOREIGN_PENDING}`,
  );
}
