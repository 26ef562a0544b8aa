import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { type CrashStory, type CrashSubject, crashTable, READ_LAG_MS } from "../testing/crash-table.ts";
import { connectUntilCrash, postgresRotation } from "../testing/postgres-rotation.ts";
import { TestDatabase } from "../testing/test-database.ts";

const TIMEOUT_MS = 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

const SUBJECT: CrashSubject = {
  masterDocument: () => database.masterDocument({ ssl: false }),
  rotation: (parts, plan) => {
    if (plan === undefined) return postgresRotation({ database, ...parts });
    const real = postgresConnector({ certificateAuthorities: database.ca });
    return postgresRotation({ database, ...parts, connect: connectUntilCrash(plan, real) });
  },
  login: (document) =>
    database.query(document, "SELECT session_user || ' as ' || current_user AS login").then(
      ([row]) => String(row?.["login"]),
      () => undefined,
    ),
};

const STORIES: readonly CrashStory[] = [
  {
    title: "Alternating users, the clone is made",
    overlap: true,
    begin: async (name) => ({
      document: await database.applicationUser(name, { ssl: false }),
      next: `${name}_clone as ${name}`,
    }),
  },
  {
    title: "Alternating users, back to the original",
    overlap: true,
    begin: async (name) => {
      const document = await database.applicationUser(name, { ssl: false });
      await database.asMaster(`CREATE ROLE ${name}_clone LOGIN IN ROLE ${name} PASSWORD 'first password'`);
      return { document: document.replace(name, `${name}_clone`), next: `${name} as ${name}` };
    },
  },
  {
    title: "Single user",
    overlap: false,
    begin: async (name) => ({
      document: await database.applicationUser(name, { ssl: false, masterarn: undefined }),
      next: `${name} as ${name}`,
    }),
  },
];

describe("a rotation that is killed before any of its calls", () => {
  it(
    "leaves a login that works, and ends right when AWS tries it again",
    async () => {
      const tables: string[] = [];
      for (const [index, story] of STORIES.entries()) {
        tables.push(`## ${story.title}\n\n${await crashTable(SUBJECT, story, `story${index}`)}`);
      }
      await expect(`${PREFACE}\n${tables.join("\n")}`).toMatchFileSnapshot("crash-points.md");
      for (const line of database.log().split("\n"))
        expect(line).not.toMatch(/SCRAM-SHA-256\$|first password/);
    },
    TIMEOUT_MS,
  );
});

const PREFACE = `# Where a rotation may be killed

Made and checked by crash-points.test.ts: one rotation on a real PostgreSQL for each row, whose process ends before that
call, its connections with it; then AWS's retry from createSecret. Column three: the version whose credential logs in after
the kill, before the retry. After every retry the new version is AWSCURRENT and logs in, and with alternating users the old
one still does too. Reads of AWS lag by ${READ_LAG_MS} ms.
`;
