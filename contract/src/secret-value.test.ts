import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { SecretValue } from "./secret-value.ts";

const CLEAR = "correct horse";

describe("SecretValue", () => {
  it.each<[string, (value: SecretValue) => string]>([
    ["a template literal", (value) => `${value as unknown as string}`],
    ["JSON", (value) => JSON.stringify({ value })],
    ["inspect", (value) => inspect({ value }, { showHidden: true, depth: 9 })],
    ["console's format", (value) => format("%s %o %O %j", value, value, value, value)],
    ["assignment", (value) => JSON.stringify(Object.assign({}, value))],
    ["an error's cause", (value) => inspect(new Error("failed", { cause: value }))],
  ])("is not shown by %s", (_, show) => {
    expect(show(new SecretValue(CLEAR))).not.toContain(CLEAR);
    expect(show(new SecretValue(Buffer.from(CLEAR)))).not.toMatch(/correct|63 6f 72|99,111/);
  });

  it("is returned by reveal", () => {
    expect(new SecretValue(CLEAR).reveal()).toBe(CLEAR);
  });
});
