import { describe, expect, it } from "vitest";
import { LONG_AGO, NOW, target, version } from "./testing/world.ts";
import { isAsAdopted, nextWrites, versionText, writesOfAdopted, writesOfNew } from "./writes.ts";

const [v1, v2, v3] = [version(1), version(2), version(3)];

describe("the Secret's memory of its changes", () => {
  it("gets an entry for a new version", () => {
    expect(nextWrites(target(1), { versionId: v2, now: NOW, sameData: false })).toEqual([
      { version: v1, time: LONG_AGO },
      { version: v2, time: NOW },
    ]);
  });

  it("gets none for a new version with the same data, whose pods already hold it", () => {
    expect(nextWrites(target(1), { versionId: v2, now: NOW, sameData: true })).toEqual([
      { version: v2, time: LONG_AGO },
    ]);
  });

  it("tells since when foreign data was there, by the server's record", () => {
    const edited = target(1, {
      dataManagers: [{ manager: "kubectl-edit", time: NOW - 5_000, keys: ["password"] }],
    });
    expect(nextWrites(edited, { versionId: v1, now: NOW, sameData: false })).toEqual([
      { version: v1, time: LONG_AGO },
      { version: "foreign", time: NOW - 5_000 },
      { version: v1, time: NOW },
    ]);
  });

  it("takes the last own write where the server does not tell", () => {
    expect(nextWrites(target(1), { versionId: v1, now: NOW, sameData: false })[1]).toEqual({
      version: "foreign",
      time: LONG_AGO,
    });
  });

  it("keeps the last 20", () => {
    const writes = Array.from({ length: 20 }, (_, i) => ({ version: version(i + 1), time: LONG_AGO + i }));
    const next = nextWrites(target(20, { writes }), { versionId: version(21), now: NOW, sameData: false });
    expect(next).toHaveLength(20);
    expect(next.at(0)?.version).toBe(v2);
    expect(next.at(-1)?.version).toBe(version(21));
  });

  it("begins anew where it was lost", () => {
    expect(nextWrites(target(1, { writes: [] }), { versionId: v1, now: NOW, sameData: true })).toEqual([
      { version: v1, time: NOW },
    ]);
  });

  it("knows a Secret that was adopted with equal data, and one that was not", () => {
    expect(isAsAdopted(target(1, { writes: writesOfAdopted(v1, NOW, true) }))).toBe(true);
    expect(isAsAdopted(target(1, { writes: writesOfAdopted(v1, NOW, false) }))).toBe(false);
  });

  it("goes on after a Secret was deleted that all readers were proven to hold", () => {
    const writtenAt = new Date(LONG_AGO).toISOString();
    expect(writesOfNew(v1, NOW, { versionId: v1, writtenAt }).map(({ version: v }) => v)).toEqual([
      v1,
      "absent",
      v1,
    ]);
    expect(writesOfNew(v2, NOW, { versionId: v1, writtenAt })).toEqual([{ version: v2, time: NOW }]);
    expect(writesOfNew(v1, NOW, undefined)).toEqual([{ version: v1, time: NOW }]);
  });
});

describe("the text on pod templates", () => {
  const at = (...versions: ("foreign" | "absent" | typeof v1)[]) =>
    versions.map((v, i) => ({ version: v, time: LONG_AGO + i }));
  it.each([
    ["is the version's id", at(v1, v2), v2],
    ["is the same again after going back", at(v1, v2, v1), v1],
    ["counts corrections of foreign data", at(v1, "foreign", v1), `${v1}.1`],
    ["counts each correction", at(v1, v2, "foreign", v2, "foreign", v2), `${v2}.2`],
    ["forgets them with the next version", at(v2, "foreign", v2, v3), v3],
    ["counts an absence", at(v1, "absent", v1), `${v1}.1`],
  ])("%s", (_, writes, text) => {
    expect(versionText(writes)).toBe(text);
  });
});
