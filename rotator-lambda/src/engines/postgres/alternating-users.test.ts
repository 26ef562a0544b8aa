import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf } from "../../testing/engine-rotation.ts";
import { rotateOnce } from "../../testing/postgres-rotation.ts";
import { MASTER_ARN, SECRET_ARN, TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

// The rules for CREATEROLE changed with PostgreSQL 16.
describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  describe("the clone", () => {
    it("has the original's rights, and its objects belong to the original", async () => {
      const original = await database.applicationUser("owner");
      await database.asSuperuser("CREATE SCHEMA shop AUTHORIZATION owner");
      await database.query(original, "CREATE TABLE shop.before (id int)");
      const clone = await rotateOnce(database, original);
      await database.query(clone, "INSERT INTO shop.before VALUES (1); CREATE TABLE shop.after (id int)");
      expect(
        await database.query(clone, "SELECT tableowner FROM pg_tables WHERE tablename = 'after'"),
      ).toEqual([{ tableowner: "owner" }]);
      const again = await rotateOnce(database, clone);
      expect(JSON.parse(again).username).toBe("owner");
      await database.query(again, "DROP TABLE shop.after, shop.before");
    });

    it.each(["DISCARD ALL", "RESET ALL", "RESET ROLE", "SET SESSION AUTHORIZATION DEFAULT"])(
      "still acts as the original after a pool's %s",
      async (reset) => {
        const clone = await rotateOnce(database, await database.applicationUser(`pooled ${reset}`));
        const client = await database.connect(clone);
        await client.query(reset);
        const { rows } = await client.query("SELECT current_user");
        await client.end();
        expect(rows).toEqual([{ current_user: `pooled ${reset}` }]);
      },
    );

    it("gets the original's settings, also those for single databases, and loses those that the original lost", async () => {
      const original = await database.applicationUser("tuned");
      await database.asMaster(`
        ALTER ROLE tuned SET search_path = "$user", 'odd, schema', public;
        ALTER ROLE tuned SET statement_timeout = '7s';
        ALTER ROLE tuned IN DATABASE postgres SET work_mem = '5MB'`);
      const settings = `SELECT current_setting('search_path') AS search_path, current_setting('statement_timeout') AS timeout,
        current_setting('work_mem') AS work_mem`;
      const clone = await rotateOnce(database, original);
      expect(await database.query(clone, settings)).toEqual(await database.query(original, settings));
      expect(await database.query(clone, settings)).toEqual([
        { search_path: '"$user", "odd, schema", public', timeout: "7s", work_mem: "5MB" },
      ]);
      await database.asMaster("ALTER ROLE tuned RESET statement_timeout");
      const next = await rotateOnce(database, await rotateOnce(database, clone));
      expect(await database.query(next, "SHOW statement_timeout")).toEqual([{ statement_timeout: "0" }]);
    });

    it("is not created without a setting that only a superuser may copy, and the error says how to allow it", async () => {
      const original = await database.applicationUser("special");
      await database.asSuperuser("ALTER ROLE special SET app.tenant = 'it''s one'");
      const failure = await failureOf(rotateOnce(database, original));
      expect(failure.kind).toBe("privilege");
      expect(failure.message).not.toContain("it's");
      expect(failure.message).toContain('GRANT SET ON PARAMETER "app"."tenant" TO "master";');
      await database.asSuperuser('GRANT SET ON PARAMETER "app"."tenant" TO "master";');
      const clone = await rotateOnce(database, original);
      expect(await database.query(clone, "SELECT current_setting('app.tenant') AS tenant")).toEqual([
        { tenant: "it's one" },
      ]);
    });

    it("of an AWS template gets the missing setting for its role", async () => {
      const original = await database.applicationUser("aws");
      await database.asMaster("CREATE ROLE aws_clone LOGIN PASSWORD 'other'; GRANT aws TO aws_clone");
      const clone = await rotateOnce(database, original);
      expect(await database.query(clone, "SELECT current_user")).toEqual([{ current_user: "aws" }]);
    });

    it("has the original's limits", async () => {
      const original = await database.applicationUser("bound");
      await database.asMaster("ALTER ROLE bound CONNECTION LIMIT 7 VALID UNTIL '2999-01-02 03:04:05.678+09'");
      const bounds = `SELECT rolname, rolconnlimit::text, rolvaliduntil AT TIME ZONE 'UTC' = '2999-01-01 18:04:05.678' AS same
        FROM pg_roles WHERE rolname LIKE 'bound%' ORDER BY 1`;
      const clone = await rotateOnce(database, original);
      expect(await database.asMaster(bounds)).toEqual([
        { rolname: "bound", rolconnlimit: "7", same: true },
        { rolname: "bound_clone", rolconnlimit: "7", same: true },
      ]);
      await database.asMaster("ALTER ROLE bound CONNECTION LIMIT -1 VALID UNTIL 'infinity'");
      await rotateOnce(database, await rotateOnce(database, clone));
      expect(
        await database.asMaster(
          "SELECT rolconnlimit, rolvaliduntil::text FROM pg_roles WHERE rolname = 'bound_clone'",
        ),
      ).toEqual([{ rolconnlimit: -1, rolvaliduntil: "infinity" }]);
    });

    it("of an expired original makes the rotation fail, and the error says how to extend it", async () => {
      const original = await database.applicationUser("expired");
      const clone = await rotateOnce(database, original);
      await database.asMaster("ALTER ROLE expired VALID UNTIL '2001-01-01'");
      const failure = await failureOf(rotateOnce(database, clone));
      expect(failure.message).toContain(`ALTER ROLE "expired" VALID UNTIL 'infinity';`);
      await database.query(clone, "SELECT 1");
    });

    if (major >= 16)
      it("without the original's rights, or the right to act as it, becomes a full member", async () => {
        for (const option of ["SET", "INHERIT"]) {
          const name = `half_${option.toLowerCase()}`;
          const original = await database.applicationUser(name);
          await database.asMaster(
            `CREATE ROLE ${name}_clone LOGIN PASSWORD 'other'; GRANT ${name} TO ${name}_clone WITH ${option} FALSE`,
          );
          const clone = await rotateOnce(database, original);
          expect(await database.query(clone, "SELECT current_user")).toEqual([{ current_user: name }]);
        }
      });

    it("may have a name of 63 bytes", async () => {
      const name = `${"ü".repeat(28)}x`;
      const clone = await rotateOnce(database, await database.applicationUser(name));
      expect(JSON.parse(await rotateOnce(database, clone)).username).toBe(name);
    });

    it("can log in again after NOLOGIN", async () => {
      const original = await database.applicationUser("barred");
      await database.asMaster("CREATE ROLE barred_clone NOLOGIN IN ROLE barred");
      await database.query(await rotateOnce(database, original), "SELECT 1");
    });
  });

  if (major === 18)
    describe("odd names and passwords", () => {
      it.each([
        'quo"te',
        "back\\slash",
        "per%cent",
        "it's",
        "spaced name",
        "ünï",
        "-- ;DROP ROLE x",
        "$user",
        "SELECT",
      ])("%s", async (name) => {
        const first = await rotateOnce(database, await database.applicationUser(name), {
          password: `'"\\%${name}\t🙂`,
        });
        expect(JSON.parse(first).username).toBe(`${name}_clone`);
        expect(await database.query(first, "SELECT session_user, current_user")).toEqual([
          { session_user: `${name}_clone`, current_user: name },
        ]);
        const second = await rotateOnce(database, first);
        expect(await database.query(second, "SELECT session_user")).toEqual([{ session_user: name }]);
      });
    });

  it("are changed by a dedicated master, created as in docs/lambda.md", async () => {
    const original = await database.applicationUser("theirs_too");
    await database.asMaster("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD 'rotator'");
    await database.asMaster("GRANT theirs_too TO rotator WITH ADMIN OPTION");
    const master = database.document("rotator", "rotator", { dbname: undefined });
    const clone = await rotateOnce(database, original, { master });
    expect(JSON.parse(await rotateOnce(database, clone, { master })).username).toBe("theirs_too");
  });

  describe("the error for a master without rights", () => {
    if (major >= 16)
      it("says which GRANT to run, and that GRANT is enough", async () => {
        await database.asSuperuser("CREATE ROLE foreign_user LOGIN PASSWORD 'first password'");
        const original = database.document("foreign_user", "first password", { masterarn: MASTER_ARN });
        const failure = await failureOf(rotateOnce(database, original, { password: "never-in-the-log-1" }));
        expect(failure.kind).toBe("privilege");
        expect(failure.message).toContain('GRANT "foreign_user" TO "master" WITH ADMIN OPTION;');
        expect(
          await database.asSuperuser("SELECT 1 FROM pg_roles WHERE rolname = 'foreign_user_clone'"),
        ).toEqual([]);
        await database.asSuperuser('GRANT "foreign_user" TO "master" WITH ADMIN OPTION;');
        const clone = await rotateOnce(database, original, { password: "never-in-the-log-2" });
        await rotateOnce(database, clone, { password: "never-in-the-log-3" });
        expect(database.log()).not.toMatch(/never-in-the-log/);
      });

    it("says that the master lacks CREATEROLE", async () => {
      const original = await database.applicationUser("plain");
      await database.asMaster("CREATE ROLE weak LOGIN PASSWORD 'weak'");
      const failure = await failureOf(
        rotateOnce(database, original, { master: database.document("weak", "weak") }),
      );
      expect(failure).toMatchObject({ kind: "privilege" });
      expect(failure.message).toContain('ALTER ROLE "weak" CREATEROLE;');
    });

    if (major >= 16)
      it("does not advise to grant a user to itself if the secret is its own master", async () => {
        await database.asSuperuser("CREATE ROLE own LOGIN CREATEROLE PASSWORD 'first password'");
        const own = database.document("own", "first password", { masterarn: MASTER_ARN });
        const failure = await failureOf(rotateOnce(database, own, { master: own }));
        expect(failure.message).not.toContain('GRANT "own" TO "own"');
        expect(failure.message).toContain("The master is this user itself");
      });

    if (major >= 16)
      it("leaves no password in the server's log after a failed statement", async () => {
        await database.asSuperuser(`CREATE ROLE theirs LOGIN PASSWORD 'x'; CREATE ROLE theirs_clone LOGIN;
          COMMENT ON ROLE theirs_clone IS 'rotatedsecrets.dev/secret=${SECRET_ARN}'`);
        const original = database.document("theirs", "x", { masterarn: MASTER_ARN });
        const before = database.log().length;
        const failure = await failureOf(rotateOnce(database, original, { password: "planted-clear-text" }));
        expect(failure.message).toContain('GRANT "theirs_clone" TO "master" WITH ADMIN OPTION;');
        const log = database.log().slice(before);
        expect(log).toContain("permission denied to alter role");
        expect(log).not.toContain("planted-clear-text");
        expect(failure.message).not.toMatch(/planted|SCRAM/);
      });
  });
});
