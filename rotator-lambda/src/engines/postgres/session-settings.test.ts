import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edit } from "../../testing/engine-rotation.ts";
import { type EngineOptions, rotateOnce } from "../../testing/postgres-rotation.ts";
import { type Fields, TestDatabase } from "../../testing/test-database.ts";
import { createTrappedDatabase, type TrappedDatabase } from "../../testing/trapped-database.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

const TIMEOUT_MS = 30_000;

describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  describe("in a database with a tenant's functions, operators, types and views first in search_path", () => {
    let trapped: TrappedDatabase;
    beforeAll(async () => {
      trapped = await createTrappedDatabase(database);
    }, TIMEOUT_MS);

    const masterInside = () => database.masterDocument({ dbname: trapped.name });

    it("a statement without schemas runs them", async () => {
      const careless = [
        "SELECT isfinite(now()), to_char(now(), 'YYYY') FROM pg_roles",
        "SELECT 'a'::name = 'a', 'a'::text, pg_has_role('a'::name, 'b'::name, 'USAGE')",
        "SELECT unnest(ARRAY[1])",
      ];
      for (const sql of careless) await database.query(masterInside(), sql).catch(() => {});
      const names = ["isfinite", "now", "to_char", "pg_roles", "=", "text", "pg_has_role", "unnest"];
      expect([...trapped.sprung()]).toEqual(expect.arrayContaining(names.map((name) => `${name} as master`)));
    });

    const withoutSearchPath: EngineOptions["sessions"] = (connect) => async (login) => {
      const connection = await connect(login);
      const run: PostgresConnection["run"] = (statement) =>
        connection.run({ ...statement, sql: statement.sql.replace(/SET LOCAL search_path.*;/, "") });
      return { ...connection, run, end: () => connection.end() };
    };

    // Each of the two defences has to be enough.
    it.each<[string, Fields, Partial<EngineOptions>]>([
      ["two users", {}, {}],
      ["two users, even without a search_path of ours,", {}, { sessions: withoutSearchPath }],
      ["one user", { masterarn: undefined, dbname: "trapped" }, {}],
      [
        "one user, even without a search_path of ours,",
        { masterarn: undefined, dbname: "trapped" },
        { sessions: withoutSearchPath },
      ],
    ])("a rotation of %s runs none", async (name, fields, options) => {
      const seen = trapped.sprung().size;
      const first = await database.applicationUser(name, fields);
      await database.asMaster(
        `ALTER ROLE "${name}" SET search_path = a, b; ALTER ROLE "${name}" VALID UNTIL '2999-01-01'`,
      );
      const second = await rotateOnce(database, first, { master: masterInside(), ...options });
      await rotateOnce(database, second, { master: masterInside(), ...options });
      expect([...trapped.sprung()].slice(seen)).toEqual([]);
    });
  });

  it("odd settings of user, clone and master are copied, and do not disturb a rotation", async () => {
    const settings = [
      "idle_in_transaction_session_timeout = 1",
      "statement_timeout = '1h'",
      "default_transaction_read_only = on",
      "default_tablespace = 'nowhere'",
      "client_encoding = 'LATIN1'",
      "standard_conforming_strings = off",
      `search_path = ''`,
      `temp_tablespaces = 'a "b"', 'c, d'`,
      `DateStyle = 'SQL, DMY'`,
    ];
    const first = await database.applicationUser("ünïcode");
    await database.asMaster("CREATE ROLE odd_master LOGIN CREATEROLE PASSWORD 'x'");
    await database.asMaster('GRANT "ünïcode" TO odd_master WITH ADMIN OPTION');
    for (const setting of settings)
      await database.asSuperuser(`ALTER ROLE "ünïcode" SET ${setting}; ALTER ROLE odd_master SET ${setting}`);
    const master = database.document("odd_master", "x");
    const clone = await rotateOnce(database, first, { master });
    const stored = (role: string) =>
      database.asSuperuser(
        `SELECT s FROM pg_db_role_setting, unnest(setconfig) s WHERE setrole = '${role}'::regrole AND s NOT LIKE 'role=%'`,
      );
    expect(await stored('"ünïcode_clone"')).toEqual(await stored('"ünïcode"'));
    const original = await rotateOnce(database, clone, { master });
    await rotateOnce(database, edit(original, { masterarn: undefined }));
  });

  it("a master who acts as a role without CREATEROLE changes users as itself", async () => {
    const first = await database.applicationUser("acting");
    await database.asMaster(
      "CREATE ROLE staff; CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'x' IN ROLE staff; ALTER ROLE boss SET role = staff",
    );
    await database.asMaster("GRANT acting TO boss WITH ADMIN OPTION");
    const master = database.document("boss", "x");
    await rotateOnce(database, await rotateOnce(database, first, { master }), { master });
  });
});
