import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotateByAwsMultiUser, rotateByAwsSingleUser } from "../../testing/aws-template-rotations.ts";
import { changeOf } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { type Fields, TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;

describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  const templates = { AWS1: rotateByAwsSingleUser, AWS2: rotateByAwsMultiUser, ours: rotateOnce };
  const whoAmI = (document: string) => database.query(document, "SELECT session_user, current_user");

  describe("a secret", () => {
    it.each<[string, Fields, readonly (keyof typeof templates)[]]>([
      ["of two users", { dbname: null }, ["AWS2", "ours", "AWS2", "AWS2", "ours", "ours", "AWS2"]],
      ["of two users, ours first", {}, ["ours", "AWS2", "AWS2", "AWS2"]],
      ["of one user", { masterarn: undefined }, ["AWS1", "ours", "AWS1", "ours"]],
      ["of one user with a master", {}, ["AWS1", "ours", "ours", "AWS1", "ours"]],
    ])("%s is rotated by AWS's template and by us alternately", async (title, fields, turns) => {
      const name = `turns ${title}`;
      let document = await database.applicationUser(name, fields);
      const others = Object.keys(JSON.parse(document)).sort();
      for (const turn of turns) {
        const before = document;
        document = await templates[turn](database, before);
        expect(Object.keys(JSON.parse(document)).sort()).toEqual(others);
        const { username } = JSON.parse(document);
        expect((await whoAmI(document))[0]).toMatchObject({ session_user: username });
        // Unlike the clone of AWS's template, our clone acts as the original.
        if (turn === "ours") expect((await whoAmI(document))[0]).toMatchObject({ current_user: name });
        if (username !== JSON.parse(before).username) await whoAmI(before);
      }
    });
  });

  it("a rotation that AWS's template began is completed by ours, and the clone then acts as the original", async () => {
    const original = await database.applicationUser("handover");
    const clone = await rotateByAwsMultiUser(database, original);
    const engine = engineFor(database);
    expect(await engine.set(changeOf(original, clone))).toBe("changed");
    await engine.test(new SecretValue(clone));
    expect(await engine.set(changeOf(original, clone))).toBe("unchanged");
    expect((await whoAmI(clone))[0]).toMatchObject({ current_user: "handover" });
  });

  it(
    "AWS's template and ours at the same moment leave the current login, and one that works",
    async () => {
      for (let round = 1; round <= 3; round += 1) {
        const document = await database.applicationUser(`meeting ${round}`);
        const results = await Promise.allSettled([
          rotateByAwsMultiUser(database, document),
          rotateOnce(database, document),
        ]);
        await whoAmI(document);
        const pending = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
        const logins = await Promise.allSettled(pending.map(whoAmI));
        expect(logins.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        const clone = await rotateOnce(database, document);
        expect((await whoAmI(clone))[0]).toMatchObject({ current_user: `meeting ${round}` });
      }
    },
    TIMEOUT_MS,
  );

  describe("AWS's template for one user, while our clone is current,", () => {
    let clone: string;
    beforeAll(async () => {
      clone = await rotateOnce(database, await database.applicationUser("stuck"));
    });

    it("cannot follow, because the clone acts as the original", async () => {
      await expect(rotateByAwsSingleUser(database, clone)).rejects.toMatchObject({ code: "42501" });
    });

    it("can follow once the clone acts as itself again", async () => {
      await database.asMaster('ALTER ROLE "stuck_clone" RESET role;');
      clone = await rotateByAwsSingleUser(database, clone);
    });

    it("can follow after one more rotation of ours", async () => {
      const original = await rotateOnce(database, clone);
      await rotateByAwsSingleUser(database, original);
    });
  });

  it("the clone of AWS's template can give its objects to the original", async () => {
    const original = await database.applicationUser("owner");
    await database.asSuperuser("CREATE SCHEMA owned AUTHORIZATION owner");
    const clone = await rotateByAwsMultiUser(database, original);
    await database.query(clone, "CREATE TABLE owned.things (id int)");
    const next = await rotateOnce(database, clone);
    const read = () => database.query(next, "SELECT * FROM owned.things");
    await expect(read()).rejects.toMatchObject({ code: "42501" });
    await database.query(clone, 'REASSIGN OWNED BY "owner_clone" TO "owner";');
    await expect(read()).resolves.toEqual([]);
  });
});
