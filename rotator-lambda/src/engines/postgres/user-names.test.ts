import { describe, expect, it } from "vitest";
import { alternateOf } from "./user-names.ts";

describe("alternateOf", () => {
  it.each([
    ["app", "app_clone"],
    ["app_clone", "app"],
    ["app_clone_clone", "app_clone"],
    ["a".repeat(57), `${"a".repeat(57)}_clone`],
  ])("of %s is %s", (username, alternate) => {
    expect(alternateOf(username)).toBe(alternate);
  });

  it.each([
    ["would be too long", "a".repeat(58)],
    ["would be too long in bytes", "ü".repeat(29)],
    ["is too long itself", `${"a".repeat(58)}_clone`],
    ["would have no name", "_clone"],
  ])("is refused where one of the two %s", (_, username) => {
    expect(() => alternateOf(username)).toThrow(/1 to 63 bytes/);
  });
});
