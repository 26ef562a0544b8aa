import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { type CrashStory, type CrashSubject, crashTable, READ_LAG_MS } from "../testing/crash-table.ts";
import { connectUntilCrash, postgresRotation } from "../testing/postgres-rotation.ts";
import { TestDatabase } from "../testing/test-database.ts";

const TIMEOUT_MS = 120_000;

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
    title: "Alternating users, the clone is created",
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

describe("a rotation killed before one of its calls", () => {
  it(
    "leaves a login that works, and succeeds when AWS repeats it",
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

const PREFACE = `# State after a rotation was killed

Generated and checked by crash-points.test.ts. Each row is one rotation on a real PostgreSQL. Its process and its connections
end before the call in the row. Then AWS repeats the rotation from createSecret.

The last column shows the versions whose credential logs in between the kill and the repetition. After every repetition the
new version is AWSCURRENT and logs in. With alternating users the old version also still logs in. Reads of AWS lag by
${READ_LAG_MS} ms.
`;
