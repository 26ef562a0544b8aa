import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maxAgeToken, requestToken, scheduleToken, uuidV5 } from "./rotation-token.ts";
import { parseSecretArn, parseVersionId } from "./version-id.ts";

/** Any text. `fc.string({ unit: "binary" })` takes a second of CPU time at its first use. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }))
  .map((codePoints) => String.fromCodePoint(...codePoints));

const DNS_NAMESPACE = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const arn = parseSecretArn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbCdEf");
const otherArn = parseSecretArn(
  "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbCdEg",
);

describe("uuidV5", () => {
  it("returns the UUID of RFC 9562's example", () => {
    expect(uuidV5(DNS_NAMESPACE, "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
  });

  it("has version 5, the RFC's variant and a length that AWS accepts, for any name", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const uuid = uuidV5(DNS_NAMESPACE, name);
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(parseVersionId(uuid)).toBe(uuid);
      }),
    );
  });
});

describe("scheduleToken", () => {
  it("never changes: a release with other tokens would rotate twice", () => {
    expect(scheduleToken(arn, "2026-11-22T03:00:00Z")).toMatchInlineSnapshot(
      `"a5145fca-7019-5720-a956-76e0b157db1b"`,
    );
  });

  it.each([
    ["with milliseconds", "2026-11-22T03:00:00.000Z"],
    ["with another offset", "2026-11-22T04:00:00+01:00"],
  ])("is the same for the same time written %s", (_, tick) => {
    expect(scheduleToken(arn, tick)).toBe(scheduleToken(arn, "2026-11-22T03:00:00Z"));
  });

  it("differs for another secret and for another tick", () => {
    const tokens = [
      scheduleToken(arn, "2026-11-22T03:00:00Z"),
      scheduleToken(otherArn, "2026-11-22T03:00:00Z"),
      scheduleToken(arn, "2026-11-22T03:00:01Z"),
    ];
    expect(new Set(tokens).size).toBe(3);
  });

  it("refuses a text that is not a time", () => {
    expect(() => scheduleToken(arn, "tomorrow")).toThrow(RangeError);
  });
});

describe("requestToken", () => {
  it("never changes", () => {
    expect(requestToken(arn, "0a3c", "please")).toMatchInlineSnapshot(
      `"2f517ddd-aa1d-5e7d-a3eb-7b893a8c41e1"`,
    );
  });

  it("differs with the secret, the resource and the text", () => {
    const tokens = [
      requestToken(arn, "uid-1", "a"),
      requestToken(otherArn, "uid-1", "a"),
      requestToken(arn, "uid-2", "a"),
      requestToken(arn, "uid-1", "b"),
    ];
    expect(new Set(tokens).size).toBe(4);
  });
});

describe("maxAgeToken", () => {
  const current = parseVersionId("00000000-0000-4000-8000-000000000001");
  const next = parseVersionId("00000000-0000-4000-8000-000000000002");

  it("never changes", () => {
    expect(maxAgeToken(arn, current)).toMatchInlineSnapshot(`"8caca00d-1cf2-54d7-8a93-accd13a164a6"`);
  });

  it("differs with the secret, the current version and the attempt", () => {
    const tokens = [
      maxAgeToken(arn, current),
      maxAgeToken(otherArn, current),
      maxAgeToken(arn, next),
      maxAgeToken(arn, current, 1),
      maxAgeToken(arn, current, 2),
    ];
    expect(new Set(tokens).size).toBe(5);
  });
});
