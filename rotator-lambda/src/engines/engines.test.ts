import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import { loadEngine } from "./engines.ts";

const dependencies = {
  readSecret: async () => new SecretValue("{}"),
  newPassword: () => new SecretValue("new"),
  certificateAuthorities: undefined,
};

describe("loadEngine", () => {
  it.each(["postgres", "aurora-postgresql"])("has an engine for %s", async (engine) => {
    const current = new SecretValue(JSON.stringify({ engine }));
    expect((await loadEngine(current, dependencies)).overlap(current)).toBe(true);
  });

  it.each(['{"engine":"oracle"}', '{"engine":1}', "{}", '{"engine":"constructor"}'])(
    "knows none for %s",
    async (text) => {
      await expect(loadEngine(new SecretValue(text), dependencies)).rejects.toMatchObject({
        kind: "document",
        message: expect.stringContaining("known are postgres"),
      });
    },
  );
});
