import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { resolveTarget } from "../api/resolved-target.ts";
import type { RotatedSecretSpec } from "../api/rotated-secret.ts";
import { mapDocument } from "./document-mapping.ts";
import type { HeldKeys } from "./lost-form.ts";

const OBJECT = '{"username":"u","password":"p"}';
const BROKEN = '{"username":"u","password":"p",}';

interface Held {
  readonly form?: HeldKeys["form"];
  readonly keys: readonly string[];
  readonly removable?: readonly string[];
}

function outcome(text: string | Uint8Array, held?: Held, target?: RotatedSecretSpec["target"]) {
  const { form, keys = [], removable = [] } = held ?? {};
  const before = held === undefined ? undefined : { form, keys, removable: new Set(removable) };
  const mapped = mapDocument(new SecretValue(text), resolveTarget("db", target), before);
  return mapped.kind === "data" ? mapped.data.keys.join() : mapped.problem;
}

const object = (more: Partial<Held> = {}): Held => ({
  form: "object",
  keys: ["password", "username"],
  ...more,
});
const text: Held = { form: "text", keys: ["value"] };
const NOT_AN_OBJECT = "it is not a JSON object, but the Secret was made from one";
const IS_OBJECT = "it is a JSON object, but the Secret was made from a value that was not one";
const LIKE_JSON = "it begins like JSON, but is not valid JSON";

describe("the form of a document", () => {
  it.each<[string, string | Uint8Array, Held | undefined, string]>([
    ["an object stays an object", OBJECT, object(), "password,username"],
    ["text does not replace an object", "token", object(), NOT_AN_OBJECT],
    ["an array does not replace an object", '["u"]', object(), NOT_AN_OBJECT],
    ["bytes do not replace an object", Uint8Array.of(1), object(), NOT_AN_OBJECT],
    ["an object that was broken is not text", BROKEN, object(), NOT_AN_OBJECT],
    ["nor in a Secret of an earlier release", BROKEN, { keys: ["password", "username"] }, NOT_AN_OBJECT],
    ["text goes on being text", "token-2", text, "value"],
    ["text may begin like JSON, as a random one can", BROKEN, text, "value"],
    ["also in a Secret of an earlier release", BROKEN, { keys: ["value"] }, "value"],
    ["bytes may replace text", Uint8Array.of(1), text, "value"],
    ["an object does not replace text", OBJECT, text, IS_OBJECT],
    ["it may if it has all keys", '{"value":"x"}', text, "value"],
    ["broken JSON is an error at the first sync too", BROKEN, undefined, LIKE_JSON],
    ["other text is not", "token", undefined, "value"],
    ["consent to the loss of all keys", "token", object({ removable: ["password", "username"] }), "value"],
    ["consent to the loss of some keys", "token", object({ removable: ["password"] }), NOT_AN_OBJECT],
    ["consent to an object", OBJECT, { ...text, removable: ["value"] }, "password,username"],
  ])("%s", (_, value, held, expected) => {
    expect(outcome(value, held)).toBe(expected);
  });

  it.each<[string, RotatedSecretSpec["target"], string]>([
    ["is text where the spec takes the field value", { keys: { include: ["value"] } }, "value"],
    ["or uses it in a template", { keys: { include: [] }, template: { t: "{{ value }}" } }, "t"],
    [
      "and is not where it takes the document whole",
      { keys: { include: [] }, template: { t: "{{ . }}" } },
      LIKE_JSON,
    ],
  ])("that begins like JSON %s", (_, target, expected) => {
    expect(outcome(BROKEN, undefined, target)).toBe(expected);
  });

  it("is named before the fields that it lacks", () => {
    const target = { keys: { include: ["username"] }, template: { URL: "{{ host }}" } };
    expect(outcome(BROKEN, object(), target)).toBe(NOT_AN_OBJECT);
  });

  it("counts also where only templates make keys of the document", () => {
    const target = { keys: { include: [] }, template: { "key.json": "{{ . }}" } };
    expect(outcome("text", object({ keys: ["key.json"] }), target)).toBe(NOT_AN_OBJECT);
  });
});
