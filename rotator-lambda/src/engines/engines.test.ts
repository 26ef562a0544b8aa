import { ENGINE_TAG } from "@rotated-secrets/contract/annotations";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type { EngineDependencies } from "./engine.ts";
import { loadEngine } from "./engines.ts";

const dependencies: EngineDependencies = {
  readSecret: async () => new SecretValue("{}"),
  newPassword: async () => new SecretValue("new"),
  masterBinding: "address",
  allowedHosts: undefined,
  certificateAuthorities: undefined,
  signal: new AbortController().signal,
};

const choice = (text: string, tag?: string) => ({
  value: new SecretValue(text),
  tags: new Map(tag === undefined ? [] : [[ENGINE_TAG, tag]]),
});
const load = (text: string, tag?: string) => loadEngine(choice(text, tag), dependencies);

describe("loadEngine", () => {
  it.each(["postgres", "aurora-postgresql"])("loads an engine for %s", async (engine) => {
    const document = JSON.stringify({ engine, host: "db", username: "a", password: "b", masterarn: "arn:x" });
    expect((await load(document)).overlap(new SecretValue(document))).toBe(true);
  });

  it.each([
    ["a document with this engine", '{"engine":"generated","password":"old"}', undefined, /"password":"new"/],
    [
      "a document without an engine, by the secret's tag",
      '{"password":"old"}',
      "generated",
      /"password":"new"/,
    ],
    ["a document with an unknown engine, by the tag", '{"engine":"v8","password":"old"}', "generated", /v8/],
    ["any other text, by the tag", "old", "generated", /^new$/],
  ])("loads `generated` for %s", async (_, text, tag, made) => {
    const pending = await (await load(text, tag)).create(new SecretValue(text));
    expect(pending.reveal()).toMatch(made);
  });

  it.each([
    ['{"engine":"oracle"}', undefined],
    ['{"engine":1}', undefined],
    ["{}", undefined],
    ['{"engine":"constructor"}', undefined],
    ["text", undefined],
    ["{}", "oracle"],
    ["{}", "postgres"],
    ['{"host":"db","username":"a","password":"b"}', "aurora-postgresql"],
  ])("loads none for %s with the tag %s", async (text, tag) => {
    await expect(load(text, tag)).rejects.toMatchObject({
      kind: "document",
      message: expect.stringContaining('in its field "engine": postgres'),
    });
  });

  it.each([
    ['{"masterarn":"arn:x","password":"old"}', undefined],
    ['{"masterarn":"arn:x","password":"old"}', "generated"],
    ['{"engine":"oracle","dbname":"pay","password":"old"}', undefined],
  ])("asks for the engine of the database in %s with the tag %s", async (text, tag) => {
    const failure = load(text, tag);
    await expect(failure).rejects.toMatchObject({
      kind: "document",
      message: expect.stringMatching(/Set the field to "postgres".*not for databases/),
    });
  });

  it("does not let a tag detach a secret from its database", async () => {
    await expect(load('{"engine":"postgres"}', "generated")).rejects.toMatchObject({
      kind: "document",
      message: expect.stringContaining("Remove the tag"),
    });
  });
});
