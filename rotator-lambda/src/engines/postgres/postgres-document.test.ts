import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { parsePostgresLogin } from "./postgres-document.ts";

const members = { engine: "postgres", host: "db", username: "app", password: "hidden" };
const value = (document: unknown) => new SecretValue(JSON.stringify(document));

describe("parsePostgresLogin", () => {
  it("fills in what AWS's templates fill in", () => {
    expect(parsePostgresLogin(value(members), "AWSCURRENT")).toMatchObject({
      host: "db",
      port: 5432,
      database: "postgres",
      tls: true,
      username: "app",
    });
  });

  it("takes what the document says", () => {
    const document = { ...members, port: "6432", dbname: "shop", ssl: false };
    expect(parsePostgresLogin(value(document), "AWSCURRENT")).toMatchObject({
      port: 6432,
      database: "shop",
      tls: false,
    });
  });

  it.each<[string, SecretValue<string>, RegExp]>([
    ["is no JSON", new SecretValue("hidden"), /has to be a JSON object/],
    ["is a list", value(["hidden"]), /has to be a JSON object/],
    ["lacks members", value({ password: "hidden" }), /AWSCURRENT document.*"engine".*"host".*"username"/],
    ["has a port that is none", value({ ...members, port: "hidden" }), /"port"/],
    ["hides something behind a NUL", value({ ...members, username: "app\0hidden" }), /"username".*NUL/],
  ])("refuses a document that %s, without showing it", (_, document, message) => {
    expect(() => parsePostgresLogin(document, "AWSCURRENT")).toThrow(message);
    expect(() => parsePostgresLogin(document, "AWSCURRENT")).not.toThrow(/hidden/);
  });
});
