import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { masterSecretOf, namesMaster, withCredential } from "./database-document.ts";

const fields = { engine: "postgres", host: "db", username: "app", password: "hidden" };
const value = (document: unknown) => new SecretValue(JSON.stringify(document));

describe("namesMaster", () => {
  it.each([
    ["arn:x", true],
    [undefined, false],
    [null, false],
  ])("a masterarn of %s means %s", (masterarn, expected) => {
    expect(namesMaster(value({ ...fields, masterarn }))).toBe(expected);
  });
});

describe("masterSecretOf", () => {
  it("is the masterarn", () => {
    expect(masterSecretOf(value({ ...fields, masterarn: "arn:x" }))).toBe("arn:x");
  });

  it("reports a missing masterarn", () => {
    expect(() => masterSecretOf(value(fields))).toThrow(/"masterarn"/);
  });
});

describe("withCredential", () => {
  it("keeps every other field in its place and exactly as written", () => {
    const text = '{"z":1.50,"username":"app","a":[null,12345678901234567890],"password":"old","port":"5432"}';
    const changed = withCredential(new SecretValue(text), "app_clone", new SecretValue("new"));
    expect(changed.reveal()).toBe(
      '{"z":1.50,"username":"app_clone","a":[null,12345678901234567890],"password":"new","port":"5432"}',
    );
  });
});
