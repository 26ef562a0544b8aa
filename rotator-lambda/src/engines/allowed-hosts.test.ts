import { describe, expect, it } from "vitest";
import { assertAllowedHost } from "./allowed-hosts.ts";

const HOSTS = ["db.example", "*.rds.amazonaws.com:5432", "2001:db8::1"];

describe("assertAllowedHost", () => {
  it.each<[string, number]>([
    ["db.example", 5432],
    ["DB.example.", 1],
    ["pay.abc.eu-west-1.rds.amazonaws.com", 5432],
    ["[2001:db8:0::1]", 5432],
  ])("accepts %s:%i", (host, port) => {
    expect(() => assertAllowedHost({ host, port }, HOSTS)).not.toThrow();
  });

  it.each<[string, number]>([
    ["redis.example", 6379],
    ["pay.abc.eu-west-1.rds.amazonaws.com", 6379],
    ["x.db.example", 5432],
    ["169.254.169.254", 80],
  ])("refuses %s:%i", (host, port) => {
    expect(() => assertAllowedHost({ host, port }, HOSTS)).toThrow(
      `The function may not connect to ${host}:${port}`,
    );
  });

  it("accepts every host if there is no list", () => {
    expect(() => assertAllowedHost({ host: "db", port: 1 }, undefined)).not.toThrow();
  });
});
