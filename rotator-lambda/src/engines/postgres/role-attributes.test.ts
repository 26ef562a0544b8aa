import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf } from "../../testing/engine-rotation.ts";
import { rotateOnce } from "../../testing/postgres-rotation.ts";
import { TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  const superuser = () => ({
    master: database.document(database.server.superuser.username, database.server.superuser.password),
  });
  /** The attributes of the original and its clone, without the names. */
  const attributesOf = (name: string) =>
    database.asSuperuser(
      `SELECT DISTINCT rolsuper, rolreplication FROM pg_roles WHERE rolname IN ('${name}', '${name}_clone')`,
    );

  it.each([
    ["REPLICATION", { rolsuper: false, rolreplication: true }],
    ["SUPERUSER", { rolsuper: true, rolreplication: false }],
    ["SUPERUSER REPLICATION", { rolsuper: true, rolreplication: true }],
  ])("the clone gets the original's %s from a superuser, and loses it again", async (attribute, expected) => {
    const name = `with_${attribute.replace(" ", "_").toLowerCase()}`;
    const original = await database.applicationUser(name);
    await database.asSuperuser(`ALTER ROLE ${name} ${attribute}`);
    const clone = await rotateOnce(database, original, superuser());
    expect(await attributesOf(name)).toEqual([expected]);
    await database.asSuperuser(`ALTER ROLE ${name} NOSUPERUSER NOREPLICATION`);
    await rotateOnce(database, await rotateOnce(database, clone, superuser()), superuser());
    expect(await attributesOf(name)).toEqual([{ rolsuper: false, rolreplication: false }]);
  });

  it("a clone for change data capture can log in for replication", async () => {
    const original = await database.applicationUser("capture");
    await database.asSuperuser("ALTER ROLE capture REPLICATION");
    if (major >= 16) await database.asSuperuser("ALTER ROLE master REPLICATION");
    const clone = await rotateOnce(database, original, major >= 16 ? {} : superuser());
    const rows = await database.queryForReplication(clone, "IDENTIFY_SYSTEM");
    expect(rows).toHaveLength(1);
    if (major >= 16) await database.asSuperuser("ALTER ROLE master NOREPLICATION");
  });

  it("an original with REPLICATION is left alone without the right to give it, and the error names the right", async () => {
    const original = await database.applicationUser("denied");
    await database.asSuperuser("ALTER ROLE denied REPLICATION");
    expect(await failureOf(rotateOnce(database, original))).toMatchObject({
      kind: "privilege",
      message: expect.stringMatching(
        major >= 16 ? /ALTER ROLE "master" REPLICATION;/ : /before PostgreSQL 16/,
      ),
    });
    expect(await database.asMaster("SELECT 1 FROM pg_roles WHERE rolname = 'denied_clone'")).toEqual([]);
  });

  it.each(major >= 16 ? ["SUPERUSER"] : ["SUPERUSER", "REPLICATION", "BYPASSRLS"])(
    "an original with %s is left alone by a master that is not a superuser, in both directions",
    async (attribute) => {
      const name = `reserved_${attribute.toLowerCase()}`;
      const original = await database.applicationUser(name);
      const clone = await rotateOnce(database, original);
      await database.asSuperuser(`ALTER ROLE ${name} ${attribute}`);
      for (const current of [original, clone]) {
        expect(await failureOf(rotateOnce(database, current))).toMatchObject({
          kind: "privilege",
          message: expect.stringContaining(`has ${attribute}, so only a superuser may change it`),
        });
        await database.query(current, "SELECT 1");
      }
    },
  );
});
