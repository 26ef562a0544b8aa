import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EngineChoice, loadEngine } from "./engines/engines.ts";
import { readSettings } from "./settings.ts";
import { engineDependencies } from "./started-function.ts";
import { runStep } from "./steps/run-step.ts";
import { ATTACKS, type AttackGround, type AttackPlan, KNOWN, REAL } from "./testing/attacks.ts";
import { failureOf } from "./testing/engine-rotation.ts";
import { type HostileServer, startHostileServer } from "./testing/hostile-server.ts";
import { FUNCTION_ARN, InMemorySecretsManager } from "./testing/in-memory-secrets-manager.ts";
import { MASTER_ARN, SECRET_ARN, TestDatabase } from "./testing/test-database.ts";
import { VirtualClock } from "./testing/virtual-clock.ts";

const TIMEOUT_MS = 60_000;
const version = (name: string) => parseVersionId(name.padEnd(32, "0"));
const NEW = version("new");

let databases: readonly [TestDatabase, TestDatabase];
const victims = new Map<TestDatabase, string>();
const hostile: HostileServer[] = [];

beforeAll(async () => {
  databases = await Promise.all([TestDatabase.start(18), TestDatabase.start(15)]);
  for (const database of databases) {
    victims.set(database, await database.applicationUser("victim"));
    await database.asMaster("CREATE ROLE victim_clone LOGIN IN ROLE victim");
  }
}, TIMEOUT_MS);
afterAll(() => Promise.all(databases.map((database) => database.stop())), TIMEOUT_MS);
afterEach(() => {
  for (const server of hostile.splice(0)) server.stop();
});

/** The attacker's server lets the attacker in as any user, and the victim with the victim's password. */
async function groundOf(database: TestDatabase, foreign: TestDatabase): Promise<AttackGround> {
  await database.asSuperuser("ALTER ROLE victim_clone PASSWORD 'of the clone'");
  await foreign.asSuperuser(`ALTER ROLE victim_clone PASSWORD '${KNOWN}'`);
  return {
    database,
    foreign,
    victim: victims.get(database) ?? "",
    hostile: async (asks) => {
      const server = await startHostileServer(asks);
      hostile.push(server);
      return server;
    },
  };
}

/** All users with their passwords, settings and memberships. */
function usersOf(database: TestDatabase) {
  return database.asSuperuser(`
    SELECT rolname, rolpassword, rolcanlogin,
      (SELECT array_agg(setconfig) FROM pg_db_role_setting WHERE setrole = role.oid) AS settings,
      (SELECT array_agg(roleid::regrole ORDER BY roleid) FROM pg_auth_members WHERE member = role.oid) AS groups
    FROM pg_authid role ORDER BY rolname`);
}

function secretsFor({ current, previous, pending, rotationFunction }: AttackPlan, database: TestDatabase) {
  const clock = new VirtualClock();
  const secrets = new InMemorySecretsManager({
    clock,
    current: { versionId: version("first"), value: previous ?? current },
    others: { [MASTER_ARN]: database.masterDocument() },
    rotationFunction: rotationFunction ?? FUNCTION_ARN,
  });
  if (previous !== undefined) secrets.put(AWSCURRENT, version("second"), current);
  secrets.beginRotation(NEW);
  if (pending !== undefined) secrets.put(AWSPENDING, NEW, pending);
  return { clock, secrets };
}

async function attack(
  plan: AttackPlan,
  { clock, secrets }: ReturnType<typeof secretsFor>,
  database: TestDatabase,
) {
  const { environment = {}, tags = {}, steps = rotationStepSchema.options } = plan;
  const settings = readSettings({ ...environment, ROTATED_SECRETS_CA_FILE: database.server.caPath });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const dependencies = engineDependencies(settings, { secretArn: SECRET_ARN, secrets, signal });
  const engineFor = ({ value }: EngineChoice) =>
    loadEngine({ value, tags: new Map(Object.entries(tags)) }, dependencies);
  const rotation = {
    secretArn: SECRET_ARN,
    versionId: NEW,
    functionArn: FUNCTION_ARN,
    secrets,
    clock,
    engineFor,
  };
  for (const step of steps) await runStep(step, { ...rotation, warn: () => {} });
}

describe.each([18, 15])("on PostgreSQL %i", (major) => {
  it.each(ATTACKS)("is refused: $attack", async ({ plan: planFor, refusal }) => {
    const [database, foreign] = major === 18 ? databases : [databases[1], databases[0]];
    const plan = await planFor(await groundOf(database, foreign));
    const parts = secretsFor(plan, database);
    const before = await usersOf(database);
    const failure = await failureOf(attack(plan, parts, database));
    expect(failure.message).toContain(refusal);
    for (const password of [KNOWN, REAL, "whatever"]) expect(failure.message).not.toContain(password);
    expect(await usersOf(database)).toEqual(before);
    expect(parts.secrets.holder(AWSCURRENT)?.value).toBe(plan.current);
    if (plan.kept !== undefined) expect(plan.kept.from.received()).not.toContain(plan.kept.password);
  });
});

it("docs/lambda-security.md has the table of these attacks", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/lambda-security.md"), "utf8");
  const rows = [...page.matchAll(/^\| (.*?) \| (.*?) \| Refused: `(.*?)` \|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(rows).toEqual(ATTACKS.map(({ attack, attacker, refusal }) => [attack, attacker, refusal]));
});
