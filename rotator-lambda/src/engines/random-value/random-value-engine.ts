import { FIELD_TAG } from "@rotated-secrets/contract/annotations";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import type { Engine, EngineDependencies, Tags } from "../engine.ts";
import { parseJsonObject, withMembers } from "../json-object.ts";

/** The member that AWS's templates keep a password in. */
const DEFAULT_FIELD = "password";

/**
 * Random values that no service has to be told of, such as a signing key or a password that both its readers share: one
 * member of a JSON object, or the whole of any other string. Nothing refuses the old value, so `overlap` is true; whether
 * two readers get on while one has the old value and one the new is theirs to say.
 */
export function createRandomValueEngine(
  { newPassword }: Pick<EngineDependencies, "newPassword">,
  tags: Tags,
): Engine {
  const field = tags.get(FIELD_TAG);
  return {
    overlap: () => true,
    create: async (current) => {
      const member = memberOf(current, field);
      const made = await newPassword();
      return member === undefined ? made : withMembers(current, { [member]: made.reveal() });
    },
    set: async () => "unchanged",
    test: async (pending) => {
      memberOf(pending, field);
    },
  };
}

/** The member that is generated; undefined: the whole value is. @throws RotationError of kind `document` without such a member */
function memberOf(value: SecretValue<string>, tagged: string | undefined): string | undefined {
  const members = parseJsonObject(value);
  if (members === undefined) {
    if (tagged === undefined) return undefined;
    throw new RotationError(
      "document",
      `The secret's tag "${FIELD_TAG}" names a member, but the value is no JSON object. Remove the tag to have the whole ` +
        "value made anew, or store an object.",
    );
  }
  const member = tagged ?? DEFAULT_FIELD;
  if (Object.hasOwn(members, member) && typeof members[member] === "string") return member;
  throw new RotationError(
    "document",
    `The secret's document has no member "${member}" that is a text. Name the member to be made anew by the secret's tag ` +
      `"${FIELD_TAG}"; without the tag it is "${DEFAULT_FIELD}".`,
  );
}
