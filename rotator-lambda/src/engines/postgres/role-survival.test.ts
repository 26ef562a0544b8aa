import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { isAvailable } from "@rotated-secrets/sandbox/postgres/postgres-binaries";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rotateByAwsMultiUser } from "../../testing/aws-template-rotations.ts";
import { failureOf } from "../../testing/engine-rotation.ts";
import { engineFor, rotateOnce } from "../../testing/postgres-rotation.ts";
import { TestDatabase } from "../../testing/test-database.ts";
import { assertRoleSurvives } from "./role-survival.ts";

const TIMEOUT_MS = 30_000;
const FAULTS = { "15.8": "any more after DISCARD ALL", "16.5": "after the login" } as const;

// CI has both releases.
describe.each(["15.8", "16.5"] as const)("PostgreSQL %s", (release) => {
  describe.skipIf(process.env["CI"] !== "true" && !isAvailable(release))("", () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await TestDatabase.start(release);
    }, TIMEOUT_MS);
    afterAll(() => database?.stop(), TIMEOUT_MS);

    it("gets no clone, and the error names the releases to go to", async () => {
      const original = await database.applicationUser("app");
      expect(await failureOf(rotateOnce(database, original))).toMatchObject({
        kind: "database",
        message: expect.stringMatching(new RegExp(`PostgreSQL ${release} .*15\\.10, 16\\.6, 17\\.2`)),
      });
      expect(await database.asMaster("SELECT 1 FROM pg_roles WHERE rolname = 'app_clone'")).toEqual([]);
    });

    it("fails testSecret for a clone that a setSecret before an upgrade of the function made", async () => {
      const original = await database.applicationUser("made");
      const clone = await rotateByAwsMultiUser(database, original);
      await database.asMaster("ALTER ROLE made_clone SET role = made");
      const failure = await failureOf(engineFor(database).test(new SecretValue(clone)));
      expect(failure).toMatchObject({ kind: "database", message: expect.stringContaining(FAULTS[release]) });
    });

    it("lets a secret of two users go back to the original, and a single user rotate", async () => {
      const clone = await rotateByAwsMultiUser(database, await database.applicationUser("back"));
      expect(JSON.parse(await rotateOnce(database, clone)).username).toBe("back");
      await rotateOnce(database, await database.applicationUser("single", { masterarn: undefined }));
    });
  });
});

describe("the oldest release that keeps the role", () => {
  it.each(
    [
      [
        [11, 22],
        [12, 21],
        [13, 17],
        [14, 14],
        [15, 9],
        [16, 5],
        [17, 1],
        [10, 23],
      ],
      [
        [12, 22],
        [13, 18],
        [14, 15],
        [15, 10],
        [16, 6],
        [17, 2],
        [18, 0],
        [19, 0],
      ],
    ].flatMap((releases, index) =>
      releases.map(([major = 0, minor = 0]) => ({ major, minor, keeps: index === 1 })),
    ),
  )("$major.$minor: $keeps", ({ major, minor, keeps }) => {
    const check = () => assertRoleSurvives({ major, minor, isSuperuser: false }, "app_clone");
    if (keeps) expect(check).not.toThrow();
    else expect(check).toThrow(`PostgreSQL ${major}.${minor}`);
  });
});
