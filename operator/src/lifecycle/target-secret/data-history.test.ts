import { describe, expect, it } from "vitest";
import { LONG_AGO, NOW, target, version } from "../testing/world.ts";
import {
  historyOfAdopted,
  historyOfNew,
  isAsAdopted,
  nextHistory,
  rememberedHistory,
  restartToken,
} from "./data-history.ts";

const [v1, v2, v3] = [version(1), version(2), version(3)];

describe("the Secret's memory of its changes", () => {
  it("gets an entry for a new version", () => {
    expect(nextHistory(target(1), { content: { version: v2 }, now: NOW, sameData: false })).toEqual([
      { version: v1, time: LONG_AGO },
      { version: v2, time: NOW },
    ]);
  });

  it("gets none for a new version with the same data, whose pods already hold it", () => {
    expect(nextHistory(target(1), { content: { version: v2 }, now: NOW, sameData: true })).toEqual([
      { version: v2, time: LONG_AGO },
    ]);
  });

  it("tells since when foreign data was there, by the server's record", () => {
    const edited = target(1, {
      dataManagers: [{ manager: "kubectl-edit", time: NOW - 5_000, keys: ["password"] }],
    });
    expect(nextHistory(edited, { content: { version: v1 }, now: NOW, sameData: false })).toEqual([
      { version: v1, time: LONG_AGO },
      { version: "foreign", time: NOW - 5_000 },
      { version: v1, time: NOW },
    ]);
  });

  it("takes the last own write where the server does not tell", () => {
    expect(nextHistory(target(1), { content: { version: v1 }, now: NOW, sameData: false })[1]).toEqual({
      version: "foreign",
      time: LONG_AGO,
    });
  });

  describe("with a spec that sets keys or template", () => {
    const hashed = (specHash?: string) =>
      specHash === undefined ? { version: v1 } : { version: v1, specHash };
    const held = target(1, { dataHistory: [{ ...hashed("one"), time: LONG_AGO }] });

    it.each([
      ["another hash", hashed("two")],
      ["none any more", hashed()],
    ])("gets an entry for %s of the same version, and no foreign one between", (_, content) => {
      expect(nextHistory(held, { content, now: NOW, sameData: false })).toEqual([
        { ...hashed("one"), time: LONG_AGO },
        { ...content, time: NOW },
      ]);
    });

    it("gets none for another hash that leaves the data equal", () => {
      expect(nextHistory(held, { content: hashed("two"), now: NOW, sameData: true })).toEqual([
        { ...hashed("two"), time: LONG_AGO },
      ]);
    });

    it("remembers foreign data under the same hash", () => {
      expect(nextHistory(held, { content: hashed("one"), now: NOW, sameData: false })[1]).toEqual({
        version: "foreign",
        time: LONG_AGO,
      });
    });

    it("is what was proven before, where it was lost", () => {
      const settled = { versionId: v1, shape: "one", writtenAt: new Date(LONG_AGO).toISOString() };
      const lost = target(1, {
        dataHistory: [],
        dataManagers: [{ manager: "rotated-secrets", keys: ["password"] }],
      });
      expect(rememberedHistory(lost, settled)).toEqual(held.dataHistory);
      expect(
        historyOfNew(hashed("one"), NOW, { settled, currentVersion: v1, ofAllReaders: true })[1],
      ).toEqual({
        version: "absent",
        time: LONG_AGO,
      });
    });
  });

  it("keeps the last 20", () => {
    const dataHistory = Array.from({ length: 20 }, (_, i) => ({
      version: version(i + 1),
      time: LONG_AGO + i,
    }));
    const next = nextHistory(target(20, { dataHistory }), {
      content: { version: version(21) },
      now: NOW,
      sameData: false,
    });
    expect(next).toHaveLength(20);
    expect(next.at(0)?.version).toBe(v2);
    expect(next.at(-1)?.version).toBe(version(21));
  });

  it("starts again if it was lost", () => {
    expect(
      nextHistory(target(1, { dataHistory: [] }), { content: { version: v1 }, now: NOW, sameData: true }),
    ).toEqual([
      { version: "foreign", time: 0 },
      { version: v1, time: NOW },
    ]);
  });

  it("is the proven content if it was lost and the operator is the only writer", () => {
    const settled = { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() };
    const lost = (manager: string) =>
      target(1, { dataHistory: [], dataManagers: [{ manager, keys: ["password"] }] });
    expect(rememberedHistory(lost("rotated-secrets"), settled)).toEqual([{ version: v1, time: LONG_AGO }]);
    expect(rememberedHistory(lost("rotated-secrets"), undefined)).toEqual([]);
    expect(rememberedHistory(lost("kubectl-edit"), settled)).toEqual([]);
  });

  it("knows a Secret that was adopted with equal data, and one that was not", () => {
    expect(isAsAdopted(target(1, { dataHistory: historyOfAdopted({ version: v1 }, NOW, true) }))).toBe(true);
    expect(isAsAdopted(target(1, { dataHistory: historyOfAdopted({ version: v1 }, NOW, false) }))).toBe(
      false,
    );
  });

  it("has nothing in it that lies ahead, as a clock that was wrong may have written", () => {
    const ahead = target(1, { dataHistory: [{ version: v1, time: NOW + 9_000 }] });
    expect(nextHistory(ahead, { content: { version: v2 }, now: NOW, sameData: false })).toEqual([
      { version: v1, time: NOW },
      { version: v2, time: NOW },
    ]);
  });

  describe("of a Secret that is made", () => {
    const settled = { versionId: v1, writtenAt: new Date(LONG_AGO).toISOString() };

    it("begins with it where nothing is known to have been there", () => {
      expect(historyOfNew({ version: v1 }, NOW, { ofAllReaders: true })).toEqual([
        { version: v1, time: NOW },
      ]);
    });

    it("contains the proven content of all readers, of any age, and the time without a Secret", () => {
      expect(historyOfNew({ version: v1 }, NOW, { settled, currentVersion: v1, ofAllReaders: true })).toEqual(
        [
          { version: v1, time: 0 },
          { version: "absent", time: LONG_AGO },
          { version: v1, time: NOW },
        ],
      );
    });

    it("distrusts what was there since the proof if the rollout of another version had begun", () => {
      expect(historyOfNew({ version: v1 }, NOW, { settled, currentVersion: v2, ofAllReaders: true })).toEqual(
        [
          { version: v1, time: 0 },
          { version: "foreign", time: LONG_AGO },
          { version: "absent", time: NOW },
          { version: v1, time: NOW },
        ],
      );
    });

    it("says nothing of the time before the proof where just some readers were looked at", () => {
      expect(
        historyOfNew({ version: v1 }, NOW, { settled, currentVersion: v1, ofAllReaders: false }),
      ).toEqual([
        { version: v1, time: LONG_AGO },
        { version: "absent", time: LONG_AGO },
        { version: v1, time: NOW },
      ]);
    });

    it("contains the proven content of an older version", () => {
      expect(historyOfNew({ version: v2 }, NOW, { settled, currentVersion: v1, ofAllReaders: true })).toEqual(
        [
          { version: v1, time: 0 },
          { version: "absent", time: NOW },
          { version: v2, time: NOW },
        ],
      );
    });

    it("says that something was there, where nothing was proven of it", () => {
      expect(historyOfNew({ version: v2 }, NOW, { currentVersion: v1, ofAllReaders: true })).toEqual([
        { version: "foreign", time: 0 },
        { version: v2, time: NOW },
      ]);
    });
  });
});

describe("the text on pod templates", () => {
  const at = (...versions: ("foreign" | "absent" | typeof v1)[]) =>
    versions.map((v, i) => ({ version: v, time: LONG_AGO + i }));
  const corrected = (dataHistory: readonly { readonly time: number }[]) =>
    `.${dataHistory.at(-1)?.time.toString(36)}`;
  it.each([
    ["is the version's id", at(v1, v2), v2],
    ["is the same again after going back", at(v1, v2, v1), v1],
    ["forgets corrections with the next version", at(v2, "foreign", v2, v3), v3],
    ["is the version's id where nothing was there before", at(v1), v1],
  ])("%s", (_, dataHistory, text) => {
    expect(restartToken(dataHistory)).toBe(text);
  });

  it.each([
    ["a correction of foreign data", at(v1, "foreign", v1)],
    ["an absence", at(v1, "absent", v1)],
    ["an adoption of unknown data", at("foreign", v1)],
  ])("tells %s by its time", (_, dataHistory) => {
    expect(restartToken(dataHistory)).toBe(v1 + corrected(dataHistory));
  });

  it("tells the spec's hash, and the time after it", () => {
    const one = { version: v1, specHash: "0123456789", time: LONG_AGO };
    expect(restartToken([one])).toBe(`${v1}.0123456789`);
    expect(restartToken([one, { version: "foreign", time: NOW }, { ...one, time: NOW }])).toBe(
      `${v1}.0123456789${corrected([{ time: NOW }])}`,
    );
  });

  it("differs after each correction, after any number of them", () => {
    let held = target(1);
    const texts = new Set<string>();
    for (let n = 1; n <= 30; n += 1) {
      const dataHistory = nextHistory(held, {
        content: { version: v1 },
        now: LONG_AGO + n * 60_000,
        sameData: false,
      });
      held = { ...held, dataHistory };
      texts.add(restartToken(dataHistory));
    }
    expect(texts.size).toBe(30);
  });
});
