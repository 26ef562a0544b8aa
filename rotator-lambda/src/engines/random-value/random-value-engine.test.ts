import { FIELD_TAG } from "@rotated-secrets/contract/annotations";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseSecretArn } from "@rotated-secrets/contract/version-id";
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
      "the member that the tag names",
      '{"password":"old","key":"k"}',
      "key",
      '{"password":"old","key":"n\\"w"}',
    ],
    ["the whole of a text", "old", undefined, 'n"w'],
    ["the whole of a text that is JSON but no object", '["old"]', undefined, 'n"w'],
  ])("makes anew %s", async (_, current, field, expected) => {
    expect((await engineWith(field).create(new SecretValue(current))).reveal()).toBe(expected);
  });

  it.each<[string, string, string | undefined, RegExp]>([
    ["has no such member", '{"password":"hidden"}', "key", /no member "key"/],
    ["has no password", '{"token":"hidden"}', undefined, /no member "password"/],
    ["has something else than a text there", '{"key":1}', "key", /no member "key" that is a text/],
    ["only inherits such a member", "{}", "constructor", /no member "constructor"/],
    ["is no object, though the tag names a member", "hidden", "key", /no JSON object/],
  ])("refuses a value that %s", async (_, current, field, message) => {
    const made = engineWith(field).create(new SecretValue(current));
    await expect(made).rejects.toMatchObject({ kind: "document", message: expect.stringMatching(message) });
    await expect(made).rejects.not.toMatchObject({ message: expect.stringContaining("hidden") });
  });
});

describe("setSecret and testSecret", () => {
  it("have nobody to tell, and look whether the value is what it should be", async () => {
    const engine = engineWith("key");
    const [current, pending] = ['{"key":"old"}', '{"key":"new"}'].map((text) => new SecretValue(text));
    if (current === undefined || pending === undefined) throw new Error("no values");
    const nothing = async () => undefined;
    expect(engine.overlap(current)).toBe(true);
    expect(
      await engine.set({ secretArn: ARN, current, pending, previous: nothing, lookAgain: nothing }),
    ).toBe("unchanged");
    await expect(engine.test(pending)).resolves.toBeUndefined();
    await expect(engine.test(new SecretValue("new"))).rejects.toMatchObject({ kind: "document" });
  });
});
