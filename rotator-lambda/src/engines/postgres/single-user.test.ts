import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeOf, edit, failureOf } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  /** The document of a user without a master. */
  const singleUser = (name: string) => database.applicationUser(name, { masterarn: undefined });
  const isRefused = (document: string) =>
    expect(database.query(document, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });

  describe("a user without a master", () => {
    it("changes its own password, and the server then refuses the old one", async () => {
      const first = await singleUser("alone");
      expect(engineFor(database).overlap(new SecretValue(first))).toBe(false);
      const second = await rotateOnce(database, first);
      expect(JSON.parse(second)).toEqual({ ...JSON.parse(first), password: JSON.parse(second).password });
      await isRefused(first);
      await database.query(await rotateOnce(database, second), "SELECT 1");
    });

    if (major === 18)
      it.each([
        'quo"te',
        "back\\slash",
        "per%cent",
        "it's",
        "spaced name",
        "ünï",
        "-- ;DROP ROLE x",
        "SELECT",
        "x".repeat(63),
      ])("may be called %s", async (name) => {
        const next = await rotateOnce(database, await singleUser(name), { password: `'"\\%${name}\t🙂` });
        expect(await database.query(next, "SELECT session_user")).toEqual([{ session_user: name }]);
      });

    it("may act as another user from the login on", async () => {
      const first = await singleUser("actor");
      await database.asMaster("CREATE ROLE stage; GRANT stage TO actor; ALTER ROLE actor SET role = 'stage'");
      const second = await rotateOnce(database, first);
      expect(await database.query(second, "SELECT current_user")).toEqual([{ current_user: "stage" }]);
    });

    it("keeps its password out of the server's log", async () => {
      await rotateOnce(database, await singleUser("quiet"), { password: "never-in-the-log" });
      expect(database.log()).not.toMatch(/never-in-the-log|SCRAM-SHA-256\$/);
    });
  });

  describe("setSecret", () => {
    it("does nothing if the pending password works", async () => {
      const first = await singleUser("settled");
      const second = await rotateOnce(database, first);
      expect(await engineFor(database).set(changeOf(first, second))).toBe("unchanged");
    });

    it("logs in with the previous password if the current one does not work, at the current document's database", async () => {
      const works = await singleUser("mistaken");
      const current = edit(works, { password: "stored by mistake" });
      const pending = edit(works, { password: "n3w" });
      const previous = edit(works, { dbname: "nowhere" });
      expect(await engineFor(database).set(changeOf(current, pending, previous))).toBe("changed");
      await database.query(pending, "SELECT 1");
    });

    it.each([
      ["of another user", { username: "master" }],
      ["for another host", { host: "localhost" }],
      ["for another port", { port: 1 }],
      ["with another TLS", { ssl: false }],
      ["that is invalid", { username: 1 }],
    ])("ignores a previous document %s", async (why, fields) => {
      const works = await singleUser(`strange ${why}`);
      const current = edit(works, { password: "stored by mistake" });
      const pending = edit(works, { password: "n3w" });
      const failure = await failureOf(
        engineFor(database).set(changeOf(current, pending, edit(works, fields))),
      );
      expect(failure).toMatchObject({
        kind: "authentication",
        message: expect.stringMatching(/AWSCURRENT, of AWSPREVIOUS or of AWSPENDING/),
      });
      expect(failure.message).not.toContain("mistake");
      await database.query(works, "SELECT 1");
    });

    it.each([
      ["another user", { username: "master" }, /user is "master", but/],
      ["another host", { host: "localhost" }, /is for localhost:/],
    ])("refuses %s, and changes nothing", async (why, fields, message) => {
      const works = await singleUser(`deputy ${why}`);
      const failure = await failureOf(
        engineFor(database).set(changeOf(works, edit(works, { password: "n3w", ...fields }))),
      );
      expect(failure).toMatchObject({ kind: "document", message: expect.stringMatching(message) });
      await database.query(works, "SELECT 1");
    });

    it("that runs three times at once changes it once", async () => {
      let current = await singleUser("crowd");
      // Several rounds, because the runs meet at a different moment each time.
      for (let round = 1; round <= 10; round += 1) {
        const pending = edit(current, { password: `n3w ${round}` });
        const outcomes = await Promise.all(
          [1, 2, 3].map(() => engineFor(database).set(changeOf(current, pending))),
        );
        expect(outcomes.sort()).toEqual(["changed", "unchanged", "unchanged"]);
        current = pending;
      }
    });
  });
});
