import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { parsePostgresLogin } from "./postgres-document.ts";

const fields = { engine: "postgres", host: "db", username: "app", password: "hidden" };
const value = (document: unknown) => new SecretValue(JSON.stringify(document));

describe("parsePostgresLogin", () => {
  it("fills in the defaults of AWS's templates", () => {
    expect(parsePostgresLogin(value(fields), "AWSCURRENT")).toMatchObject({
      host: "db",
      port: 5432,
      database: "postgres",
      tls: true,
      username: "app",
    });
  });

  it("uses the values of the document", () => {
    const document = { ...fields, port: "6432", dbname: "shop", ssl: false };
    expect(parsePostgresLogin(value(document), "AWSCURRENT")).toMatchObject({
      port: 6432,
      database: "shop",
      tls: false,
    });
  });

  it.each<[string, SecretValue<string>, RegExp]>([
    ["is not JSON", new SecretValue("hidden"), /must be a JSON object/],
    ["is a list", value(["hidden"]), /must be a JSON object/],
    ["lacks fields", value({ password: "hidden" }), /AWSCURRENT document.*"engine".*"host".*"username"/],
    ["has an invalid port", value({ ...fields, port: "hidden" }), /"port"/],
    ["hides something behind a NUL", value({ ...fields, username: "app\0hidden" }), /"username".*NUL/],
  ])("refuses a document that %s, without showing it", (_, document, message) => {
    expect(() => parsePostgresLogin(document, "AWSCURRENT")).toThrow(message);
    expect(() => parsePostgresLogin(document, "AWSCURRENT")).not.toThrow(/hidden/);
  });
});
