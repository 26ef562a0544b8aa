import { parseSecretArn, type SecretArn } from "@rotated-secrets/contract/version-id";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotateByAwsMultiUser } from "../../testing/aws-template-rotations.ts";
import { changeOf, edit, failureOf, rotateWith } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { SECRET_ARN, TestDatabase } from "../../testing/test-database.ts";

const TIMEOUT_MS = 30_000;
const OTHER_ARN = parseSecretArn("arn:aws:secretsmanager:eu-west-1:111122223333:secret:other-AbCdEf");

describe.each([18, 15] as const)("on PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await TestDatabase.start(major);
  }, TIMEOUT_MS);
  afterAll(() => database.stop(), TIMEOUT_MS);

  const rotate = (secretArn: SecretArn, current: string) =>
    rotateWith(engineFor(database), current, { secretArn });
  /** Logs in as both users, so that a changed password is noticed. */
  const bothLogIn = async (...documents: readonly string[]) => {
    for (const document of documents) await database.query(document, "SELECT 1");
  };

  describe("a role with the clone's name that is not a clone", () => {
    it("keeps its password, and the error says how to make it one", async () => {
      const current = await database.applicationUser("pay");
      const namesake = await database.applicationUser("pay_clone");
      const failure = await failureOf(rotateOnce(database, current));
      expect(failure).toMatchObject({
        kind: "database",
        message: expect.stringContaining('GRANT "pay" TO "pay_clone";'),
      });
      await bothLogIn(current, namesake);
      await database.asMaster('GRANT "pay" TO "pay_clone"');
      await rotateOnce(database, current);
    });

    it("does not take the password of the user without the suffix", async () => {
      const victim = await database.applicationUser("till");
      const current = await database.applicationUser("till_clone");
      expect(await failureOf(rotateOnce(database, current))).toMatchObject({ kind: "database" });
      await bothLogIn(victim, current);
    });

    if (major < 16)
      it("is not a clone because the original made it a member of itself, as it could before PostgreSQL 15", async () => {
        const current = await database.applicationUser("self");
        const namesake = await database.applicationUser("self_clone");
        await database.asSuperuser("GRANT self TO self_clone GRANTED BY self");
        expect(await failureOf(rotateOnce(database, current))).toMatchObject({ kind: "database" });
        await bothLogIn(current, namesake);
      });

    it("is a clone if the previous value of the secret is its login", async () => {
      const current = await database.applicationUser("held");
      const previous = await database.applicationUser("held_clone");
      const pending = edit(previous, { password: "n3w" });
      const engine = engineFor(database);
      const wrong = edit(previous, { password: "guessed" });
      expect(await failureOf(engine.set(changeOf(current, pending, wrong)))).toMatchObject({
        kind: "database",
      });
      expect(await engine.set(changeOf(current, pending, previous))).toBe("changed");
    });
  });

  describe("a second secret that names the same users", () => {
    const names = (first: SecretArn) => ({ kind: "document", message: expect.stringContaining(first) });

    it("is refused by name, before anything is changed", async () => {
      const document = await database.applicationUser("shared");
      const current = await rotate(SECRET_ARN, document);
      // Whether it still has the first value, or is a copy of the rotated one, or rotates a single user.
      for (const second of [document, current, edit(document, { masterarn: undefined })]) {
        expect(await failureOf(rotate(OTHER_ARN, second))).toMatchObject(names(SECRET_ARN));
        await bothLogIn(document, current);
      }
      await rotate(SECRET_ARN, await rotate(SECRET_ARN, current));
    });

    it("that rotates at the same moment is refused too, and no current login is lost", async () => {
      const document = await database.applicationUser("race");
      const results = await Promise.allSettled([rotate(SECRET_ARN, document), rotate(OTHER_ARN, document)]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const winners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      await bothLogIn(document, ...winners);
    });

    it("takes over once the line is removed from the comment", async () => {
      const document = await database.applicationUser("handed");
      await rotate(SECRET_ARN, document);
      const failure = await failureOf(rotate(OTHER_ARN, document));
      const [statement = ""] = /COMMENT ON ROLE "[^"]+" IS NULL;/.exec(failure.message) ?? [];
      await database.asMaster(statement);
      await rotate(OTHER_ARN, document);
      expect(await failureOf(rotate(SECRET_ARN, document))).toMatchObject(names(OTHER_ARN));
    });

    it("is the same secret if it is a replica in another region", async () => {
      const document = await database.applicationUser("replicated");
      await rotate(SECRET_ARN, document);
      await rotate(parseSecretArn(SECRET_ARN.replace("eu-west-1", "us-east-2")), document);
    });
  });

  it("a comment on the clone stays, in turns with AWS's template", async () => {
    const document = await database.applicationUser("noted");
    const clone = await rotateByAwsMultiUser(database, document);
    await database.asMaster("COMMENT ON ROLE noted_clone IS 'Team A''s \n second login'");
    const first = await rotateOnce(database, clone);
    const second = await rotateByAwsMultiUser(database, first);
    await rotateByAwsMultiUser(database, second);
    await rotateOnce(database, await rotateOnce(database, second));
    expect(
      await database.asMaster("SELECT shobj_description('noted_clone'::regrole, 'pg_authid') AS text"),
    ).toEqual([{ text: `Team A's \n second login\nrotatedsecrets.dev/secret=${SECRET_ARN}` }]);
  });
});
