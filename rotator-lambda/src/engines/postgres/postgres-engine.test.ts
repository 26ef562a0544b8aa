import { randomUUID } from "node:crypto";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RotationError } from "../../rotation-error.ts";
import { MASTER_ARN, type Members, SECRET_ARN, TestDatabase } from "../../testing/test-database.ts";
import { createPostgresEngine } from "./postgres-engine.ts";

const TIMEOUT_MS = 30_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

function engineFor(options: { readonly master?: string; readonly password?: string } = {}) {
  return createPostgresEngine({
    readSecret: async () => new SecretValue(options.master ?? database.masterDocument()),
    newPassword: () => new SecretValue(options.password ?? `n3w-${randomUUID()}`),
    certificateAuthorities: database.ca,
  });
}

/** createSecret, setSecret and testSecret of one rotation; returns the document that is then current. */
async function rotate(current: string, options: Parameters<typeof engineFor>[0] = {}): Promise<string> {
  const engine = engineFor(options);
  const pending = await engine.create(new SecretValue(current));
  await engine.set(change(current, pending.reveal()));
  await engine.test(pending);
  return pending.reveal();
}

function change(current: string, pending: string) {
  return {
    secretArn: SECRET_ARN,
    current: new SecretValue(current),
    pending: new SecretValue(pending),
    lookAgain: async () => {},
  };
}

async function failureOf(action: Promise<unknown>): Promise<RotationError> {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof RotationError) return error;
  throw new Error("it did not fail as it should", { cause: error });
}

function edit(document: string, members: Members): string {
  return JSON.stringify({ ...JSON.parse(document), ...members });
}

describe("the clone", () => {
  it("has all that the original has, and what it makes belongs to the original", async () => {
    const original = await database.applicationUser("owner");
    await database.asSuperuser("CREATE SCHEMA shop AUTHORIZATION owner");
    await database.query(original, "CREATE TABLE shop.before (id int)");
    const clone = await rotate(original);
    await database.query(clone, "INSERT INTO shop.before VALUES (1); CREATE TABLE shop.after (id int)");
    expect(await database.query(clone, "SELECT tableowner FROM pg_tables WHERE tablename = 'after'")).toEqual(
      [{ tableowner: "owner" }],
    );
    const again = await rotate(clone);
    expect(JSON.parse(again).username).toBe("owner");
    await database.query(again, "DROP TABLE shop.after, shop.before");
  });

  it("gets the original's settings, those of single databases too, and loses those that the original lost", async () => {
    const original = await database.applicationUser("tuned");
    await database.asMaster(`
      ALTER ROLE tuned SET search_path = "$user", 'odd, schema', public;
      ALTER ROLE tuned SET statement_timeout = '7s';
      ALTER ROLE tuned IN DATABASE postgres SET work_mem = '5MB'`);
    const settings = `SELECT current_setting('search_path') AS search_path, current_setting('statement_timeout') AS timeout,
      current_setting('work_mem') AS work_mem`;
    const clone = await rotate(original);
    expect(await database.query(clone, settings)).toEqual(await database.query(original, settings));
    expect(await database.query(clone, settings)).toEqual([
      { search_path: '"$user", "odd, schema", public', timeout: "7s", work_mem: "5MB" },
    ]);
    await database.asMaster("ALTER ROLE tuned RESET statement_timeout");
    const next = await rotate(await rotate(clone));
    expect(await database.query(next, "SHOW statement_timeout")).toEqual([{ statement_timeout: "0" }]);
  });

  it("is not made without a setting that only a superuser may copy, and the error says how the master may", async () => {
    const original = await database.applicationUser("special");
    await database.asSuperuser("ALTER ROLE special SET app.tenant = 'it''s one'");
    const failure = await failureOf(rotate(original));
    expect(failure.kind).toBe("privilege");
    expect(failure.message).not.toContain("it's");
    expect(failure.message).toContain('GRANT SET ON PARAMETER "app"."tenant" TO "master";');
    await database.asSuperuser('GRANT SET ON PARAMETER "app"."tenant" TO "master";');
    const clone = await rotate(original);
    expect(await database.query(clone, "SELECT current_setting('app.tenant') AS tenant")).toEqual([
      { tenant: "it's one" },
    ]);
  });

  it("of an AWS template, without a setting for its role, is made complete", async () => {
    const original = await database.applicationUser("aws");
    await database.asMaster("CREATE ROLE aws_clone LOGIN PASSWORD 'other'; GRANT aws TO aws_clone");
    const clone = await rotate(original);
    expect(await database.query(clone, "SELECT current_user")).toEqual([{ current_user: "aws" }]);
  });

  it("can log in again after it was not allowed to", async () => {
    const original = await database.applicationUser("barred");
    await database.asMaster("CREATE ROLE barred_clone NOLOGIN IN ROLE barred");
    await database.query(await rotate(original), "SELECT 1");
  });
});

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
    const first = await rotate(await database.applicationUser(name), { password: `'"\\%${name}\t🙂` });
    expect(JSON.parse(first).username).toBe(`${name}_clone`);
    expect(await database.query(first, "SELECT session_user, current_user")).toEqual([
      { session_user: `${name}_clone`, current_user: name },
    ]);
    const second = await rotate(first);
    expect(await database.query(second, "SELECT session_user")).toEqual([{ session_user: name }]);
  });
});

describe("a master without the rights", () => {
  it("is told which GRANT to run, and that one is enough", async () => {
    await database.asSuperuser("CREATE ROLE foreign_user LOGIN PASSWORD 'first password'");
    const original = database.document("foreign_user", "first password", { masterarn: MASTER_ARN });
    const failure = await failureOf(rotate(original, { password: "never-in-the-log-1" }));
    expect(failure.kind).toBe("privilege");
    expect(failure.message).toContain('GRANT "foreign_user" TO "master" WITH ADMIN OPTION;');
    expect(await database.asSuperuser("SELECT 1 FROM pg_roles WHERE rolname = 'foreign_user_clone'")).toEqual(
      [],
    );
    await database.asSuperuser('GRANT "foreign_user" TO "master" WITH ADMIN OPTION;');
    const clone = await rotate(original, { password: "never-in-the-log-2" });
    await rotate(clone, { password: "never-in-the-log-3" });
    expect(database.log()).not.toMatch(/never-in-the-log/);
  });

  it("is told that it lacks CREATEROLE", async () => {
    const original = await database.applicationUser("plain");
    await database.asMaster("CREATE ROLE weak LOGIN PASSWORD 'weak'");
    const failure = await failureOf(rotate(original, { master: database.document("weak", "weak") }));
    expect(failure).toMatchObject({ kind: "privilege" });
    expect(failure.message).toContain('ALTER ROLE "weak" CREATEROLE;');
  });

  it("does not get the password into the server's log by a statement that fails", async () => {
    await database.asSuperuser("CREATE ROLE theirs LOGIN PASSWORD 'x'; CREATE ROLE theirs_clone LOGIN");
    const original = database.document("theirs", "x", { masterarn: MASTER_ARN });
    const before = database.log().length;
    const failure = await failureOf(rotate(original, { password: "planted-clear-text" }));
    expect(failure.message).toContain('GRANT "theirs_clone" TO "master" WITH ADMIN OPTION;');
    const log = database.log().slice(before);
    expect(log).toContain("permission denied to alter role");
    expect(log).not.toContain("planted-clear-text");
    expect(failure.message).not.toMatch(/planted|SCRAM/);
  });
});

describe("setSecret refuses, and changes nothing,", () => {
  const pendingOf = (members: Members) => (current: string) =>
    edit(current, { username: "deputy_clone", password: "n3w", ...members });

  let current: string;
  beforeAll(async () => {
    current = await database.applicationUser("deputy");
  });

  it.each<[string, (current: string) => string, RegExp]>([
    [
      "a pending user that is another application's",
      pendingOf({ username: "master" }),
      /"master" is not the one/,
    ],
    ["a pending user that is the current one", pendingOf({ username: "deputy" }), /"deputy" is not the one/],
    ["another host", pendingOf({ host: "localhost" }), /is for localhost:/],
    ["another port", pendingOf({ port: 1 }), /is for 127\.0\.0\.1:1,/],
    [
      "a pending document without a password",
      pendingOf({ password: undefined }),
      /AWSPENDING document.*"password"/,
    ],
  ])("%s", async (_, makePending, message) => {
    const failure = await failureOf(engineFor().set(change(current, makePending(current))));
    expect(failure).toMatchObject({ kind: "document", message: expect.stringMatching(message) });
    expect(failure.message).not.toContain("first password");
  });

  it("a current credential that does not work", async () => {
    const wrong = edit(current, { password: "guessed" });
    const failure = await failureOf(engineFor().set(change(wrong, pendingOf({})(wrong))));
    expect(failure).toMatchObject({
      kind: "authentication",
      message: expect.stringContaining(`The ${AWSCURRENT} user`),
    });
  });

  it.each<[string, Members | undefined, RegExp]>([
    ["a master on another host", { host: "localhost" }, /master secret is for the host localhost/],
    ["a master that RDS manages", { host: undefined, engine: undefined }, /that RDS manages/],
  ])("%s", async (_, members, message) => {
    const engine = engineFor({ master: database.masterDocument(members) });
    const failure = await failureOf(engine.set(change(current, pendingOf({})(current))));
    expect(failure).toMatchObject({ kind: "document", message: expect.stringMatching(message) });
  });

  it("what a newer rotation has overtaken, after it was let in", async () => {
    const overtaken = new RotationError("state", "overtaken");
    const late = { ...change(current, pendingOf({})(current)), lookAgain: () => Promise.reject(overtaken) };
    expect(await failureOf(engineFor().set(late))).toBe(overtaken);
  });

  afterAll(async () => {
    expect(await database.asSuperuser("SELECT 1 FROM pg_roles WHERE rolname = 'deputy_clone'")).toEqual([]);
  });
});

describe("setSecret", () => {
  it("does nothing where the pending credential works", async () => {
    const original = await database.applicationUser("done");
    const clone = await rotate(original);
    const noMaster = engineFor({ master: "{}" });
    expect(await noMaster.set(change(original, clone))).toBe("unchanged");
  });

  it("waits for another change to the same secret, and finds it done", async () => {
    const original = await database.applicationUser("waiter");
    const engine = engineFor();
    const pending = (await engine.create(new SecretValue(original))).reveal();
    const outcomes = await Promise.all([1, 2, 3].map(() => engine.set(change(original, pending))));
    expect(outcomes.sort()).toEqual(["changed", "unchanged", "unchanged"]);
  });

  it("says so where the original is gone", async () => {
    const original = await database.applicationUser("ghost");
    const clone = await rotate(original);
    await database.asMaster("DROP ROLE ghost");
    const failure = await failureOf(rotate(clone));
    expect(failure.message).toContain('There is no user "ghost"');
  });
});

describe("createSecret", () => {
  it("keeps every other member of the document as it was", async () => {
    const current = database.document("app", "old", {
      masterarn: MASTER_ARN,
      port: "5432",
      team: { name: "x" },
    });
    const pending = await engineFor({ password: "n3w" }).create(new SecretValue(current));
    expect(JSON.parse(pending.reveal())).toEqual({
      ...JSON.parse(current),
      username: "app_clone",
      password: "n3w",
    });
  });

  it("asks for a masterarn", async () => {
    const current = new SecretValue(database.document("app", "old"));
    expect(await failureOf(engineFor().create(current))).toMatchObject({
      kind: "document",
      message: expect.stringContaining('"masterarn"'),
    });
  });
});

describe("testSecret", () => {
  it("fails for a credential that does not work", async () => {
    const { username } = database.server.master;
    const wrong = new SecretValue(database.document(username, "guessed"));
    expect(await failureOf(engineFor().test(wrong))).toMatchObject({ kind: "authentication" });
  });
});
