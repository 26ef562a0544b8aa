import { randomUUID } from "node:crypto";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineDependencies } from "../engines/engine.ts";
import { loadEngine } from "../engines/engines.ts";
import { RotationError } from "../rotation-error.ts";
import { type FuzzedSecret, fuzzedSecret, NASTY } from "../testing/fuzzed-secrets.ts";
import { FUNCTION_ARN, InMemorySecretsManager } from "../testing/in-memory-secrets-manager.ts";
import { runAllSteps } from "../testing/rotate.ts";
import { MASTER_ARN, SECRET_ARN, TestDatabase } from "../testing/test-database.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";

/** Number of secrets; 2,000 take minutes. */
const RUNS = Number(process.env["ROTATED_SECRETS_FUZZ_RUNS"] ?? 100);
const SEED = Number(process.env["ROTATED_SECRETS_FUZZ_SEED"] ?? 20_261_123);
const TIMEOUT_MS = 60_000 + RUNS * 1_000;
const AT_ONCE = 8;
const NAME_LIMIT_BYTES = 63;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Failures of these kinds are caused by the secret or its user, and the message says which. */
const CLEAR_KINDS = ["document", "authentication", "refused", "privilege", "database", "unreachable", "tls"];

let database: TestDatabase;
const databases = ["postgres", ...NASTY.filter((name) => !name.includes("\0")).slice(4, 12)];
beforeAll(async () => {
  database = await TestDatabase.start();
  for (const name of databases.slice(1))
    await database.asMaster(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await database.asMaster("CREATE TABLE canary AS SELECT 'alive' AS state");
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

describe(`${RUNS} secrets of all kinds (seed ${SEED})`, () => {
  it(
    "are rotated, or fail with a clear error and stay unchanged, and nothing else happens",
    async () => {
      const secrets = distinct(fc.sample(fuzzedSecret, { numRuns: RUNS, seed: SEED }));
      const rolesBefore = await roleNames();
      const results: Result[] = [];
      for (let first = 0; first < secrets.length; first += AT_ONCE) {
        results.push(...(await Promise.all(secrets.slice(first, first + AT_ONCE).map(rotateOne))));
      }
      const expectedRoles = [...rolesBefore, ...results.flatMap(({ roles }) => roles)];
      expect(await roleNames()).toEqual(expectedRoles.sort());
      expect(await database.asMaster("SELECT state FROM canary")).toEqual([{ state: "alive" }]);
      expect(await powerful()).toEqual(["master", "rdsadmin"]);
      const log = database.log();
      expect(log.includes("SCRAM-SHA-256$4096")).toBe(false);
      expect(results.flatMap(({ marks }) => marks).filter((mark) => log.includes(mark))).toEqual([]);
      process.stdout.write(`${summary(results)}\n`);
      expect(count(results, "rotated")).toBeGreaterThan(RUNS / 2);
    },
    TIMEOUT_MS,
  );
});

interface Result {
  readonly outcome: string;
  /** Its users in the database. */
  readonly roles: readonly string[];
  /** Parts of its passwords that occur nowhere else. */
  readonly marks: readonly string[];
}

async function rotateOne(secret: MarkedSecret): Promise<Result> {
  const isMade = await makeUser(secret);
  const before = documentOf(secret);
  // The application's document, before it was spoiled.
  const original = documentOf({ ...secret, spoiled: undefined });
  const worked = await logsIn(original);
  const { marks } = secret;
  const { failure, after } = await rotate(before, secret.newPassword);
  const roles = isMade ? [secret.username] : [];
  if (failure !== undefined) {
    const isSound =
      worked &&
      secret.spoiled === undefined &&
      !CONTROL_CHARACTER.test(secret.username) &&
      (!secret.alternating || mayTakeTurns(secret));
    expect(isSound, `${describeCase(secret)}: ${failure.message}`).toBe(false);
    expect(failure, describeCase(secret)).toBeInstanceOf(RotationError);
    expect(CLEAR_KINDS, `${describeCase(secret)}: ${failure.message}`).toContain(failure.kind);
    for (const mark of marks) expect(failure.message).not.toContain(mark);
    expect(after).toBe(before);
    expect(await logsIn(original), describeCase(secret)).toBe(worked);
    return { outcome: failure.kind, roles, marks };
  }
  const { username, password, ...others } = JSON.parse(after);
  const { username: _u, password: _p, ...othersBefore } = JSON.parse(before);
  const overlap = typeof othersBefore.masterarn === "string";
  expect(others).toEqual(othersBefore);
  expect(password).toBe(secret.newPassword);
  expect(await database.query(after, "SELECT session_user, current_user"), describeCase(secret)).toEqual([
    { session_user: username, current_user: secret.username },
  ]);
  expect(await logsIn(original), describeCase(secret)).toBe(overlap);
  return { outcome: "rotated", roles: overlap ? [...roles, username] : roles, marks };
}

async function rotate(document: string, password: string) {
  const clock = new VirtualClock();
  const versionId = parseVersionId(randomUUID());
  const secrets = new InMemorySecretsManager({
    clock,
    current: { versionId: "first".padEnd(32, "0"), value: document },
    others: { [MASTER_ARN]: database.masterDocument({ ssl: JSON.parse(document).ssl }) },
  });
  secrets.beginRotation(versionId);
  const dependencies: EngineDependencies = {
    readSecret: async (secretId: string) => {
      const version = await secrets.read(secretId, AWSCURRENT);
      if (version === undefined || secretId !== MASTER_ARN)
        throw new RotationError("document", "no such secret");
      return version.value;
    },
    newPassword: async () => new SecretValue(password),
    masterBinding: "address",
    allowedHosts: undefined,
    certificateAuthorities: database.ca,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  const failure = await runAllSteps({
    secretArn: SECRET_ARN,
    versionId,
    functionArn: FUNCTION_ARN,
    secrets,
    clock,
    engineFor: (choice) => loadEngine(choice, dependencies),
    warn: () => {},
  }).then(
    () => undefined,
    (error: RotationError) => error,
  );
  return { failure, after: secrets.holder(AWSCURRENT)?.value ?? "" };
}

/** Whether two users can alternate. A name with the suffix would be the clone of a missing user. */
function mayTakeTurns({ username }: FuzzedSecret): boolean {
  const clone = `${username}_clone`;
  return !username.endsWith("_clone") && Buffer.byteLength(clone) <= NAME_LIMIT_BYTES;
}

/** Creates the user like an administrator, unless PostgreSQL refuses or cuts its name. */
async function makeUser({ username, password, setting }: FuzzedSecret): Promise<boolean> {
  const role = pg.escapeIdentifier(username);
  if (username.includes("\0") || Buffer.byteLength(username) > NAME_LIMIT_BYTES) return false;
  const isMade = await database.asMaster(`CREATE ROLE ${role}`).then(
    () => true,
    () => false,
  );
  if (!isMade || password.includes("\0")) return isMade;
  await database.asMaster(`ALTER ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  if (setting !== undefined && !setting.includes("\0"))
    await database.asMaster(`ALTER ROLE ${role} SET application_name = ${pg.escapeLiteral(setting)}`);
  return isMade;
}

function documentOf(secret: FuzzedSecret): string {
  const { host, port } = database.server;
  const document = {
    ...secret.others,
    engine: "postgres",
    host,
    port: secret.portAsText ? String(port) : port,
    username: secret.username,
    password: secret.password,
    dbname: databases[secret.database % databases.length],
    ...(secret.alternating && { masterarn: MASTER_ARN }),
    ssl: secret.ssl,
  };
  const { spoiled } = secret;
  return JSON.stringify(spoiled === undefined ? document : { ...document, [spoiled.field]: spoiled.by });
}

interface MarkedSecret extends FuzzedSecret {
  /** A part of the old and of the new password. */
  readonly marks: readonly string[];
}

/** Gives each secret its own user and clone, and marks its passwords so that a leak is found. */
function distinct(secrets: readonly FuzzedSecret[]): readonly MarkedSecret[] {
  const taken = new Set<string>();
  return secrets.map((secret, index) => {
    const isFree = namesOf(secret.username).every((name) => !taken.has(name));
    const username = isFree ? secret.username : `${index}-${secret.username}`;
    for (const name of namesOf(username)) taken.add(name);
    const [old, next] = [`MarkOld${index}E`, `MarkNew${index}E`] as const;
    const marked = (password: string, mark: string) => (index % 2 === 0 ? password + mark : mark + password);
    const password = marked(secret.password, old);
    return {
      ...secret,
      username,
      password,
      newPassword: marked(secret.newPassword, next),
      marks: [old, next],
    };
  });
}

function namesOf(username: string): readonly string[] {
  return [username, `${username}_clone`, username.replace(/_clone$/, "")];
}

async function logsIn(document: string): Promise<boolean> {
  return await database.query(document, "SELECT 1").then(
    () => true,
    () => false,
  );
}

async function roleNames(): Promise<readonly string[]> {
  const rows = await database.asSuperuser("SELECT rolname FROM pg_roles");
  return rows.map((row) => String(row["rolname"])).sort();
}

async function powerful(): Promise<readonly unknown[]> {
  const rows = await database.asSuperuser(
    "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls ORDER BY 1",
  );
  return rows.map((row) => row["rolname"]);
}

function count(results: readonly Result[], outcome: string): number {
  return results.filter((result) => result.outcome === outcome).length;
}

function summary(results: readonly Result[]): string {
  const outcomes = [...new Set(results.map(({ outcome }) => outcome))].sort();
  return outcomes.map((outcome) => `${outcome}: ${count(results, outcome)}`).join(", ");
}

function describeCase(secret: FuzzedSecret): string {
  return JSON.stringify(secret);
}
