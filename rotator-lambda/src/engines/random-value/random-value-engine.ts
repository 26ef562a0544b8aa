import { FIELD_TAG } from "@rotated-secrets/contract/annotations";
import type { SecretValue } from "@rotated-secrets/contract/secret-value";
import { RotationError } from "../../rotation-error.ts";
import type { Engine, EngineDependencies, Tags } from "../engine.ts";
import { parseJsonObject, withFields } from "../json-object.ts";
import { assertOnlyChanged } from "../successor-document.ts";

/** The field that AWS's templates keep a password in. */
const DEFAULT_FIELD = "password";

/**
 * Random values that no service has to accept, such as a signing key or a password that its readers share. The engine
 * replaces one field of a JSON object, or all of any other text. `overlap` is true because nothing refuses the old value.
 * Readers that compare the value must cope with both values themselves while a rollout lasts.
 */
export function createRandomValueEngine(
  { newPassword }: Pick<EngineDependencies, "newPassword">,
  tags: Tags,
): Engine {
  const tag = tags.get(FIELD_TAG);
  return {
    overlap: () => true,
    create: async (current) => {
      const field = generatedField(current, tag);
      const made = await newPassword();
      return field === undefined ? made : withFields(current, { [field]: made.reveal() });
    },
    check: (succession) => {
      const field = generatedField(succession.current, tag);
      if (field !== undefined) assertOnlyChanged(succession, [field]);
    },
    set: async (change) => {
      const field = generatedField(change.current, tag);
      if (field !== undefined) assertOnlyChanged(change, [field]);
      return "unchanged";
    },
    test: async (pending) => {
      generatedField(pending, tag);
    },
  };
}

/**
 * The field that gets a new value; undefined if the whole value does.
 * @throws RotationError of kind `document` when the value has no such field
 */
function generatedField(value: SecretValue<string>, tag: string | undefined): string | undefined {
  const fields = parseJsonObject(value);
  if (fields === undefined) {
    if (tag === undefined) return undefined;
    throw new RotationError(
      "document",
      `The secret's tag "${FIELD_TAG}" names a field, but the value is not a JSON object. Remove the tag to replace the ` +
        "whole value, or store an object.",
    );
  }
  const field = tag ?? DEFAULT_FIELD;
  if (Object.hasOwn(fields, field) && typeof fields[field] === "string") return field;
  throw new RotationError(
    "document",
    `The secret's document has no text field "${field}". Name the field to replace in the secret's tag "${FIELD_TAG}"; ` +
      `without the tag it is "${DEFAULT_FIELD}".`,
  );
}
