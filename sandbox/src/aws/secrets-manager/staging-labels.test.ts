import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AwsError } from "../aws-error.ts";
import { emptySecret } from "./new-secret.ts";
import { addVersion, putVersion } from "./put-version.ts";
import type { Secret } from "./secret.ts";
import { holderOf, moveLabel, removeLabel } from "./staging-labels.ts";

const EMPTY = emptySecret(
  { Name: "a" },
  { region: "eu-west-1", accountId: "111122223333", now: 0, arnSuffix: () => "AbCdEf" },
);
const LABELS = ["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS", "mine"];

function put(secret: Secret, id: string, stages: readonly string[], now = 0): Secret {
  return putVersion(secret, { id, value: { kind: "string", text: id }, stages, now });
}

describe("staging labels", () => {
  const step = fc.record({ put: fc.boolean(), label: fc.constantFrom(...LABELS), version: fc.nat(4) });

  it("are on one version at a time, and AWSCURRENT is never lost, after any sequence of changes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let secret = put(EMPTY, "v0", ["AWSCURRENT"]);
        for (const { put: asPut, label, version } of steps) {
          const id = `v${version}`;
          if (asPut) secret = put(secret, id, [label]);
          else if (secret.versions.some((known) => known.id === id)) secret = moveLabel(secret, label, id);
          for (const each of LABELS) {
            expect(secret.versions.filter(({ stages }) => stages.includes(each)).length).toBeLessThanOrEqual(
              1,
            );
          }
          expect(holderOf(secret, "AWSCURRENT")).toBeDefined();
        }
      }),
    );
  });

  it("AWSPREVIOUS is on the version that had AWSCURRENT before, also after moving back", () => {
    const two = put(put(EMPTY, "v1", ["AWSCURRENT"]), "v2", ["AWSCURRENT"]);
    const back = moveLabel(two, "AWSCURRENT", "v1");
    expect([holderOf(two, "AWSPREVIOUS")?.id, holderOf(back, "AWSPREVIOUS")?.id]).toEqual(["v1", "v2"]);
  });

  it("do not move AWSPREVIOUS when they are removed", () => {
    const two = put(put(EMPTY, "v1", ["AWSCURRENT"]), "v2", ["AWSCURRENT", "mine"]);
    expect(holderOf(removeLabel(two, "mine"), "AWSPREVIOUS")?.id).toBe("v1");
  });

  it("are limited to 20 over all versions", () => {
    const labels = Array.from({ length: 19 }, (_, n) => `l${n}`);
    const full = put(put(EMPTY, "v1", ["AWSCURRENT"]), "v2", labels);
    expect(() => moveLabel(full, "one more", "v1")).toThrow(AwsError);
    expect(moveLabel(full, "l0", "v1").versions[0]?.stages).toEqual(["AWSCURRENT", "l0"]);
  });
});

describe("putVersion", () => {
  it("fills the empty version of a rotation once", () => {
    const pending = moveLabel(addVersion(put(EMPTY, "v1", ["AWSCURRENT"]), "v2", 0), "AWSPENDING", "v2");
    const filled = put(pending, "v2", ["AWSPENDING"]);
    expect(filled.versions[1]).toMatchObject({ value: { text: "v2" }, stages: ["AWSPENDING"] });
    expect(put(filled, "v2", ["AWSPENDING"])).toBe(filled);
    expect(() =>
      putVersion(filled, { id: "v2", value: { kind: "string", text: "other" }, stages: [], now: 0 }),
    ).toThrow("already in use");
  });

  it("keeps 100 versions, and all versions of the last day", () => {
    const day = 86_400_000;
    let secret = EMPTY;
    for (let n = 0; n < 150; n++) secret = put(secret, `v${n}`, ["AWSCURRENT"], n);
    expect(secret.versions).toHaveLength(150);
    const later = put(secret, "new", ["AWSCURRENT"], 2 * day);
    expect(later.versions).toHaveLength(100);
    expect(later.versions.slice(-2).map(({ stages }) => stages)).toEqual([["AWSPREVIOUS"], ["AWSCURRENT"]]);
  });
});
