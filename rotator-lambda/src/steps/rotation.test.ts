import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { AWSCURRENT, AWSPENDING, AWSPREVIOUS } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { InMemorySecretsManager } from "../testing/in-memory-secrets-manager.ts";
import { postgresRotation } from "../testing/postgres-rotation.ts";
import { runAllSteps } from "../testing/rotate.ts";
import { MASTER_ARN, TestDatabase } from "../testing/test-database.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { runStep } from "./run-step.ts";

const TIMEOUT_MS = 60_000;
const FIRST_VERSION = "v1".padEnd(32, "0");

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

const newVersion = () => parseVersionId(randomUUID());

function secretWith(value: string, lagMs = 0) {
  const clock = new VirtualClock();
  const secrets = new InMemorySecretsManager({
    clock,
    current: { versionId: FIRST_VERSION, value },
    others: { [MASTER_ARN]: database.masterDocument() },
    lagMs,
  });
  return { clock, secrets };
}

function valueOf(secrets: InMemorySecretsManager, label: string): string {
  const value = secrets.holder(label)?.value;
  if (value === undefined) throw new Error(`no version with a value has ${label}`);
  return value;
}

const usernameOf = (document: string): unknown => JSON.parse(document).username;
const whoAmI = (document: string) => database.query(document, "SELECT session_user, current_user");

describe("a rotation", () => {
  it(
    "alternates users four times, and an application that reads AWSCURRENT is never refused",
    async () => {
      const { clock, secrets } = secretWith(await database.applicationUser("turns"));
      let logins = 0;
      let going = true;
      const application = (async () => {
        for (; going; logins += 1) await whoAmI(valueOf(secrets, AWSCURRENT));
      })();
      // A credential outlives one rotation, not two: a login that is slower than two rotations may be refused.
      const caughtUp = async (from = logins) => {
        while (logins < from + 2) await Promise.race([turn(), application]);
      };
      const passwords = new Set<string>();
      for (const expected of ["turns_clone", "turns", "turns_clone", "turns"]) {
        await caughtUp();
        const versionId = newVersion();
        const old = valueOf(secrets, AWSCURRENT);
        secrets.beginRotation(versionId);
        await runAllSteps(postgresRotation({ database, clock, secrets, versionId }));
        expect(secrets.holder(AWSCURRENT)?.versionId).toBe(versionId);
        expect(secrets.holder(AWSPENDING)?.versionId).toBe(versionId);
        expect(usernameOf(valueOf(secrets, AWSCURRENT))).toBe(expected);
        expect(valueOf(secrets, AWSPREVIOUS)).toBe(old);
        await whoAmI(old);
        passwords.add(JSON.parse(valueOf(secrets, AWSCURRENT)).password);
      }
      going = false;
      await application;
      expect(logins).toBeGreaterThan(4);
      expect(passwords.size).toBe(4);
      for (const password of passwords) expect(database.log()).not.toContain(password);
    },
    TIMEOUT_MS,
  );

  it.each([0, 500, 4_000])(
    "succeeds if every step runs twice and reads lag by %i ms",
    async (lagMs) => {
      const { clock, secrets } = secretWith(await database.applicationUser(`twice_${lagMs}`), lagMs);
      for (const expected of [`twice_${lagMs}_clone`, `twice_${lagMs}`]) {
        const versionId = newVersion();
        secrets.beginRotation(versionId);
        await runAllSteps(postgresRotation({ database, clock, secrets, versionId }), 2);
        expect(usernameOf(valueOf(secrets, AWSCURRENT))).toBe(expected);
        await whoAmI(valueOf(secrets, AWSCURRENT));
        await whoAmI(valueOf(secrets, AWSPREVIOUS));
      }
    },
    TIMEOUT_MS,
  );

  it(
    "succeeds if two runs of each step overlap",
    async () => {
      const { clock, secrets } = secretWith(await database.applicationUser("both"));
      const versionId = newVersion();
      secrets.beginRotation(versionId);
      for (const step of rotationStepSchema.options) {
        const rotation = postgresRotation({ database, clock, secrets, versionId });
        await Promise.all([runStep(step, rotation), turn().then(() => runStep(step, rotation))]);
      }
      expect(usernameOf(valueOf(secrets, AWSCURRENT))).toBe("both_clone");
      await whoAmI(valueOf(secrets, AWSCURRENT));
    },
    TIMEOUT_MS,
  );
});

describe("setSecret", () => {
  it(
    "that wakes up late changes nothing once a newer rotation has changed the same user",
    async () => {
      const { clock, secrets } = secretWith(await database.applicationUser("late"));
      const [abandoned, newer] = [newVersion(), newVersion()];
      secrets.beginRotation(abandoned);
      let overtaken = false;
      const connect = postgresConnector({ certificateAuthorities: database.ca });
      const late = postgresRotation({
        database,
        clock,
        secrets,
        versionId: abandoned,
        connect: async (login) => {
          if (login.username === "master" && !overtaken) {
            overtaken = true;
            secrets.beginRotation(newer);
            await runAllSteps(postgresRotation({ database, clock, secrets, versionId: newer }));
          }
          return await connect(login);
        },
      });
      await runStep("createSecret", late);
      await expect(runStep("setSecret", late)).rejects.toMatchObject({ kind: "state" });
      expect(secrets.holder(AWSCURRENT)?.versionId).toBe(newer);
      await whoAmI(valueOf(secrets, AWSCURRENT));
    },
    TIMEOUT_MS,
  );
});
