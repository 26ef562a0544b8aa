import { describe, expect, it } from "vitest";
import { databaseDocumentSchema, portOf, usesTls } from "./database-document.ts";

const document = { engine: "postgres", host: "db", username: "app", password: "secret" };

describe("databaseDocumentSchema", () => {
  it("keeps unknown fields", () => {
    expect(databaseDocumentSchema.parse({ ...document, team: { name: "payments" } })).toEqual({
      ...document,
      team: { name: "payments" },
    });
  });

  it.each([5432, "5432", 1, "65535"])("accepts the port %j", (port) => {
    expect(portOf(databaseDocumentSchema.parse({ ...document, port }), 1)).toBe(Number(port));
  });

  it.each([0, -1, 65_536, 5432.5, "", "5432 ", "0x10", "70000", null])("refuses the port %j", (port) => {
    expect(databaseDocumentSchema.safeParse({ ...document, port }).success).toBe(false);
  });

  it.each([
    ["port", null, /^must be a port/],
    ["port", {}, /^must be a port/],
    ["username", 1, /^must be a text/],
    ["username", "a\r\nSET x 1", /control character/],
    ["dbname", "a\u0085", /control character/],
    ["host", "db\n.example", /^must be the name or the address of a host/],
    ["host", "db .example", /^must be the name or the address of a host/],
    ["host", "/var/run/postgresql", /^must be the name or the address of a host/],
  ])("says for %s: %j in which form it must be", (field, value, message) => {
    const { error } = databaseDocumentSchema.safeParse({ ...document, [field]: value });
    expect(error?.issues.map((issue) => [issue.path.join("."), issue.message])).toEqual([
      [field, expect.stringMatching(message)],
    ]);
  });

  it("uses the engine's port if there is none", () => {
    expect(portOf(databaseDocumentSchema.parse(document), 5432)).toBe(5432);
  });

  it("treats null as absent, like AWS's templates", () => {
    expect(databaseDocumentSchema.parse({ ...document, dbname: null, masterarn: null })).toMatchObject(
      document,
    );
  });

  it.each(["engine", "host", "username", "password"])("refuses a document without %s", (field) => {
    expect(databaseDocumentSchema.safeParse({ ...document, [field]: undefined }).success).toBe(false);
    expect(databaseDocumentSchema.safeParse({ ...document, [field]: "" }).success).toBe(false);
    expect(databaseDocumentSchema.safeParse({ ...document, [field]: "app\0x" }).success).toBe(false);
  });
});

describe("usesTls", () => {
  it.each<[unknown, boolean]>([
    [undefined, true],
    [null, true],
    [0, true],
    [true, true],
    ["true", true],
    ["require", true],
    ["", true],
    [false, false],
    ["false", false],
    ["False", false],
  ])("ssl %j means %j", (ssl, expected) => {
    expect(usesTls(databaseDocumentSchema.parse({ ...document, ssl }))).toBe(expected);
  });
});
