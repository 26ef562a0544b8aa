import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { hasPgbouncer, startPgbouncer } from "@rotated-secrets/sandbox/pgbouncer/pgbouncer";
import { Processes } from "@rotated-secrets/sandbox/processes/processes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edit, failureOf } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { type Fields, TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 60_000;
const SETTINGS = [
  "search_path",
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "role",
];

// CI always has PgBouncer.
describe.skipIf(process.env["CI"] !== "true" && !hasPgbouncer())(
  "through PgBouncer with pools by transaction,",
  () => {
    const processes = new Processes(mkdtempSync(join(tmpdir(), "pgbouncer-test-")));
    let database: TestDatabase;
    let pooled: Fields;
    beforeAll(async () => {
      database = await TestDatabase.start();
      const { host, port } = await startPgbouncer({ dir: processes.dir, processes, server: database.server });
      pooled = { host, port, ssl: false };
    }, TIMEOUT_MS);
    afterAll(async () => {
      await processes.stop();
      await database?.stop();
    }, TIMEOUT_MS);

    const rotate = (document: string) =>
      rotateOnce(database, document, { master: database.masterDocument(pooled) });
    const settingsOf = (document: string) =>
      database.query(
        document,
        `SELECT ${SETTINGS.map((name) => `current_setting('${name}') AS ${name}`).join(", ")}`,
      );

    it("two users alternate, and no setting of the function stays in a session of the application", async () => {
      const original = await database.applicationUser("app", pooled);
      const before = await settingsOf(original);
      const clone = await rotate(original);
      expect(await database.query(clone, "SELECT session_user, current_user")).toEqual([
        { session_user: "app_clone", current_user: "app" },
      ]);
      await database.query(original, "SELECT 1");
      const again = await rotate(clone);
      await rotate(again);
      expect(await settingsOf(again)).toEqual(before);
      expect(await settingsOf(database.masterDocument(pooled))).toEqual(before);
    });

    it("a single user changes its password", async () => {
      const first = await database.applicationUser("single", { ...pooled, masterarn: undefined });
      await database.query(await rotate(await rotate(first)), "SELECT 1");
    });

    it.each([
      ["a wrong password", { password: "guessed" }],
      ["a missing user", { username: "nobody" }],
    ])("%s is reported as refused", async (_, fields) => {
      const document = edit(database.masterDocument(pooled), fields);
      expect(await failureOf(engineFor(database).test(new SecretValue(document)))).toMatchObject({
        kind: "authentication",
        message: expect.stringContaining("the pooler in front of the database refused user or password"),
      });
    });
  },
);
