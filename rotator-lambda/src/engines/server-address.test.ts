import { describe, expect, it } from "vitest";
import { isSameAddress, type ServerAddress } from "./server-address.ts";

const at = (fields: Partial<ServerAddress>): ServerAddress => ({
  host: "db.example",
  port: 5432,
  tls: true,
  ...fields,
});

describe("isSameAddress", () => {
  it.each<[string, string]>([
    ["db.example", "DB.Example"],
    ["db.example", "db.example."],
    ["bücher.example", "xn--bcher-kva.example"],
    ["::1", "[::1]"],
    ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1"],
    ["127.0.0.1", "127.0.0.1."],
  ])("is true for the hosts %s and %s", (one, other) => {
    expect(isSameAddress(at({ host: one }), at({ host: other }))).toBe(true);
  });

  it.each<[Partial<ServerAddress>, Partial<ServerAddress>]>([
    [{ port: 6432 }, {}],
    [{ tls: false }, {}],
    [{ host: "alias.example" }, {}],
    [{ host: "db.example.." }, {}],
    [{ host: "db.example/x" }, {}],
    [{ host: "x@db.example" }, {}],
    [{ host: "db.example#x" }, {}],
    [{ host: "db.example:80" }, {}],
    [{ host: "db%2eexample" }, {}],
    [{ host: "::1" }, { host: "::2" }],
    [{ host: "fe80::1%eth0" }, { host: "fe80::1" }],
    [
      { host: "db.cluster-abc.eu-west-1.rds.amazonaws.com" },
      { host: "db.cluster-ro-abc.eu-west-1.rds.amazonaws.com" },
    ],
  ])("is false for %j and %j", (one, other) => {
    expect(isSameAddress(at(one), at(other))).toBe(false);
  });
});
