import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WEB_SERVICE_IMAGE } from "../images.ts";
import { PAYMENTS, PAYMENTS_MANIFEST } from "./payments.ts";
import { PODS, SERVICES } from "./services.ts";

describe("the sample services", () => {
  it("read the Secret in two ways", () => {
    expect(SERVICES.map(({ name, replicas, reading }) => [name, replicas, reading])).toEqual([
      ["checkout", 3, "env"],
      ["invoices", 2, "volume"],
    ]);
    expect(PODS).toBe(5);
  });

  it.each(SERVICES)("$name runs the image of the sandbox, in the namespace, with the Secret", ({ path }) => {
    const manifest = readFileSync(path, "utf8");
    expect(manifest).toContain(`image: ${WEB_SERVICE_IMAGE}\n`);
    expect(manifest).toContain(`namespace: ${PAYMENTS.namespace}\n`);
    expect(manifest).toContain(PAYMENTS.name);
  });

  it("follow the RotatedSecret of the example", () => {
    const manifest = readFileSync(PAYMENTS_MANIFEST, "utf8");
    for (const text of [`name: ${PAYMENTS.name}\n`, `secretId: ${PAYMENTS.secretId}\n`])
      expect(manifest).toContain(text);
  });
});
