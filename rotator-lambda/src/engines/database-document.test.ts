import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { masterSecretOf, namesMaster, withCredential } from "./database-document.ts";

const members = { engine: "postgres", host: "db", username: "app", password: "hidden" };
const value = (document: unknown) => new SecretValue(JSON.stringify(document));

describe("namesMaster", () => {
  it.each([
    ["arn:x", true],
    [undefined, false],
    [null, false],
  ])("a masterarn of %s means %s", (masterarn, expected) => {
    expect(namesMaster(value({ ...members, masterarn }))).toBe(expected);
  });
});

describe("masterSecretOf", () => {
  it("is the masterarn", () => {
    expect(masterSecretOf(value({ ...members, masterarn: "arn:x" }))).toBe("arn:x");
  });

  it("asks for one where there is none", () => {
    expect(() => masterSecretOf(value(members))).toThrow(/"masterarn"/);
  });
});

describe("withCredential", () => {
  it("keeps every other member, in its place and as it is written", () => {
    const text = '{"z":1.50,"username":"app","a":[null,12345678901234567890],"password":"old","port":"5432"}';
    const changed = withCredential(new SecretValue(text), "app_clone", new SecretValue("new"));
    expect(changed.reveal()).toBe(
      '{"z":1.50,"username":"app_clone","a":[null,12345678901234567890],"password":"new","port":"5432"}',
    );
  });
});
