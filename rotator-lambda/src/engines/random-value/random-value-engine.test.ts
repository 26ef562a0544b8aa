import { FIELD_TAG } from "@rotated-secrets/contract/annotations";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseSecretArn, parseVersionId } from "@rotated-secrets/contract/version-id";
import { describe, expect, it } from "vitest";
import { createRandomValueEngine } from "./random-value-engine.ts";

const ARN = parseSecretArn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf");

const engineWith = (field?: string) =>
  createRandomValueEngine(
    { newPassword: async () => new SecretValue('n"w') },
    new Map(field === undefined ? [] : [[FIELD_TAG, field]]),
  );

describe("createSecret", () => {
  it.each<[string, string, string | undefined, string]>([
    [
      "the password of a document",
      '{"a":1.0,"password":"old","b":[]}',
      undefined,
      '{"a":1.0,"password":"n\\"w","b":[]}',
    ],
    [
      "the field that the tag names",
      '{"password":"old","key":"k"}',
      "key",
      '{"password":"old","key":"n\\"w"}',
    ],
    ["all of a text", "old", undefined, 'n"w'],
    ["all of a text that is JSON, but not an object", '["old"]', undefined, 'n"w'],
  ])("replaces %s", async (_, current, field, expected) => {
    expect((await engineWith(field).create(new SecretValue(current))).reveal()).toBe(expected);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ["has no such field", '{"password":"hidden"}', "key", /no text field "key"/],
    ["has no password", '{"token":"hidden"}', undefined, /no text field "password"/],
    ["has a number there", '{"key":1}', "key", /no text field "key"/],
    ["only inherits such a field", "{}", "constructor", /no text field "constructor"/],
    ["is not an object, while the tag names a field", "hidden", "key", /not a JSON object/],
  ])("refuses a value that %s", async (_, current, field, message) => {
    const made = engineWith(field).create(new SecretValue(current));
    await expect(made).rejects.toMatchObject({ kind: "document", message: expect.stringMatching(message) });
    await expect(made).rejects.not.toMatchObject({ message: expect.stringContaining("hidden") });
  });
});

describe("setSecret and testSecret", () => {
  it("change nothing, and check the form of the value", async () => {
    const engine = engineWith("key");
    const [current, pending] = ['{"key":"old"}', '{"key":"new"}'].map((text) => new SecretValue(text));
    if (current === undefined || pending === undefined) throw new Error("no values");
    const versionId = parseVersionId("1".repeat(32));
    const nothing = async () => undefined;
    expect(engine.overlap(current)).toBe(true);
    expect(
      await engine.set({
        secretArn: ARN,
        versionId,
        current,
        pending,
        previous: nothing,
        lookAgain: nothing,
      }),
    ).toBe("unchanged");
    await expect(engine.test(pending)).resolves.toBeUndefined();
    await expect(engine.test(new SecretValue("new"))).rejects.toMatchObject({ kind: "document" });
  });
});
