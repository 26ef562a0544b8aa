import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeOf, edit, failureOf } from "../../testing/engine-rotation.ts";
import { engineFor } from "../../testing/postgres-rotation.ts";
import { TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

describe.each([18, 15] as const)("a hot standby of PostgreSQL %i", (major) => {
  let database: TestDatabase;
  let current: string;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
    current = await database.applicationUser("app");
    await database.server.becomeStandby();
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  it.each([
    ["two users", { username: "app_clone" }, {}],
    ["one user", {}, { masterarn: undefined }],
  ])("is refused as read-only, with %s", async (_, successor, fields) => {
    const document = edit(current, fields);
    const pending = edit(document, { password: "n3w", ...successor });
    const failure = await failureOf(engineFor(database).set(changeOf(document, pending)));
    expect(failure).toMatchObject({
      kind: "database",
      message: expect.stringContaining("the server is read-only"),
    });
    expect(failure.message).toContain("Put the writer's host into the secret");
  });
});
