import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RotationError } from "../../rotation-error.ts";
import { changeOf, edit, failureOf } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { type Fields, MASTER_ARN, TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

describe("setSecret refuses, and changes nothing,", () => {
  const pendingOf = (fields: Fields) => (current: string) =>
    edit(current, { username: "deputy_clone", password: "n3w", ...fields });

  let current: string;
  beforeAll(async () => {
    current = await database.applicationUser("deputy");
  });

  it.each<[string, (current: string) => string, RegExp]>([
    ["a pending user of a different application", pendingOf({ username: "master" }), /user is "master", but/],
    ["a pending user that is the current one", pendingOf({ username: "deputy" }), /user is "deputy", but/],
    ["another host", pendingOf({ host: "localhost" }), /is for localhost:/],
    ["another port", pendingOf({ port: 1 }), /is for 127\.0\.0\.1:1,/],
    [
      "a pending document without a password",
      pendingOf({ password: undefined }),
      /AWSPENDING document.*"password"/,
    ],
  ])("%s", async (_, makePending, message) => {
    const failure = await failureOf(engineFor(database).set(changeOf(current, makePending(current))));
    expect(failure).toMatchObject({ kind: "document", message: expect.stringMatching(message) });
    expect(failure.message).not.toContain("first password");
  });

  it("a current credential that does not work", async () => {
    const wrong = edit(current, { password: "guessed" });
    const failure = await failureOf(engineFor(database).set(changeOf(wrong, pendingOf({})(wrong))));
    expect(failure).toMatchObject({
      kind: "authentication",
      message: expect.stringContaining(`The ${AWSCURRENT} user`),
    });
  });

  it("a current value that was stored again although a later one works, and names the version that works", async () => {
    const works = await database.applicationUser("stale");
    const stale = edit(works, { password: "stored again" });
    const pending = edit(works, { username: "stale_clone", password: "n3w" });
    const failure = await failureOf(engineFor(database).set(changeOf(stale, pending, works)));
    expect(failure).toMatchObject({
      kind: "authentication",
      message: expect.stringMatching(/AWSPREVIOUS user "stale" can log in. Move AWSCURRENT back/),
    });
    const elsewhere = edit(works, { ssl: false });
    expect((await failureOf(engineFor(database).set(changeOf(stale, pending, elsewhere)))).message).toContain(
      "Store the correct password with PutSecretValue",
    );
  });

  it.each<[string, Fields | undefined, RegExp]>([
    ["a master on another host", { host: "localhost" }, /master secret is for the host localhost/],
    ["a master managed by RDS", { host: undefined, engine: undefined }, /managed by RDS/],
  ])("%s", async (_, fields, message) => {
    const engine = engineFor(database, { master: database.masterDocument(fields) });
    const failure = await failureOf(engine.set(changeOf(current, pendingOf({})(current))));
    expect(failure).toMatchObject({ kind: "document", message: expect.stringMatching(message) });
  });

  it("a run that a newer rotation overtook after its login", async () => {
    const overtaken = new RotationError("state", "overtaken");
    const late = { ...changeOf(current, pendingOf({})(current)), lookAgain: () => Promise.reject(overtaken) };
    expect(await failureOf(engineFor(database).set(late))).toBe(overtaken);
  });

  afterAll(async () => {
    expect(await database.asSuperuser("SELECT 1 FROM pg_roles WHERE rolname = 'deputy_clone'")).toEqual([]);
  });
});

describe("setSecret", () => {
  it("does nothing if the pending credential works", async () => {
    const original = await database.applicationUser("done");
    const clone = await rotateOnce(database, original);
    const noMaster = engineFor(database, { master: "{}" });
    expect(await noMaster.set(changeOf(original, clone))).toBe("unchanged");
  });

  it("waits for another change to the same secret, and finds it done", async () => {
    const original = await database.applicationUser("waiter");
    const engine = engineFor(database);
    const pending = (await engine.create(new SecretValue(original))).reveal();
    const outcomes = await Promise.all([1, 2, 3].map(() => engine.set(changeOf(original, pending))));
    expect(outcomes.sort()).toEqual(["changed", "unchanged", "unchanged"]);
  });

  it.each([
    ["two users", "twice_clone", {}],
    ["one user", "once", { masterarn: undefined }],
  ])("sets the same verifier again, byte for byte, with %s", async (_, username, fields) => {
    const current = await database.applicationUser(username.replace("_clone", ""), fields);
    const change = changeOf(current, edit(current, { username, password: "never-in-the-log" }), current);
    const verifier = async () =>
      (await database.asSuperuser(`SELECT rolpassword FROM pg_authid WHERE rolname = '${username}'`))[0];
    expect(await engineFor(database).set(change)).toBe("changed");
    const first = await verifier();
    // As if the password had been revoked or replaced in between.
    await database.asSuperuser(`ALTER ROLE ${username} PASSWORD 'first password'`);
    expect(await verifier()).not.toEqual(first);
    expect(await engineFor(database).set(change)).toBe("changed");
    expect(await verifier()).toEqual(first);
    expect(database.log()).not.toMatch(/never-in-the-log|SCRAM-SHA-256\$/);
  });

  it("reports a missing original", async () => {
    const original = await database.applicationUser("ghost");
    const clone = await rotateOnce(database, original);
    await database.asMaster("DROP ROLE ghost");
    const failure = await failureOf(rotateOnce(database, clone));
    expect(failure.message).toContain('There is no user "ghost"');
  });
});

describe("createSecret", () => {
  it("keeps every other field of the document", async () => {
    const current = database.document("app", "old", {
      masterarn: MASTER_ARN,
      port: "5432",
      team: { name: "x" },
    });
    const pending = await engineFor(database, { password: "n3w" }).create(new SecretValue(current));
    expect(JSON.parse(pending.reveal())).toEqual({
      ...JSON.parse(current),
      username: "app_clone",
      password: "n3w",
    });
  });
});

describe("testSecret", () => {
  it("fails for a credential that does not work", async () => {
    const { username } = database.server.master;
    const wrong = new SecretValue(database.document(username, "guessed"));
    expect(await failureOf(engineFor(database).test(wrong))).toMatchObject({ kind: "authentication" });
  });
});
