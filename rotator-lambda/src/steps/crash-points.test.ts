import { randomUUID } from "node:crypto";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresConnector } from "../engines/postgres/postgres-connection.ts";
import { Crash, CrashPlan } from "../testing/crash-plan.ts";
import { InMemorySecretsManager } from "../testing/in-memory-secrets-manager.ts";
import { connectUntilCrash, postgresRotation } from "../testing/postgres-rotation.ts";
import { runAllSteps } from "../testing/rotate.ts";
import { MASTER_ARN, SECRET_ARN, TestDatabase } from "../testing/test-database.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { runStep } from "./run-step.ts";

const TIMEOUT_MS = 60_000;
const READ_LAG_MS = 300;
/** As many at a time as keep the server busy; each has users of its own. */
const BATCH = 8;

let database: TestDatabase;
beforeAll(async () => {
  database = await TestDatabase.start();
}, TIMEOUT_MS);
afterAll(() => database.stop(), TIMEOUT_MS);

/** The first document of a secret, and the user whose turn it is next. */
interface Story {
  readonly title: string;
  readonly overlap: boolean;
  readonly begin: (name: string) => Promise<{ readonly document: string; readonly next: string }>;
}

const STORIES: readonly Story[] = [
  {
    title: "Alternating users, the clone is made",
    overlap: true,
    begin: async (name) => ({
      document: await database.applicationUser(name, { ssl: false }),
      next: `${name}_clone`,
    }),
  },
  {
    title: "Alternating users, back to the original",
    overlap: true,
    begin: async (name) => {
      const document = await database.applicationUser(name, { ssl: false });
      await database.asMaster(`CREATE ROLE ${name}_clone LOGIN IN ROLE ${name} PASSWORD 'first password'`);
      return { document: document.replace(name, `${name}_clone`), next: name };
    },
  },
  {
    title: "Single user",
    overlap: false,
    begin: async (name) => ({
      document: await database.applicationUser(name, { ssl: false, masterarn: undefined }),
      next: name,
    }),
  },
];

describe("a rotation that is killed before any of its calls", () => {
  it(
    "leaves a login that works, and ends right when AWS tries it again",
    async () => {
      const tables: string[] = [];
      for (const [index, story] of STORIES.entries()) {
        tables.push(`## ${story.title}\n\n${await tableOf(story, `story${index}`)}`);
      }
      await expect(`${PREFACE}\n${tables.join("\n")}`).toMatchFileSnapshot("crash-points.md");
      for (const line of database.log().split("\n"))
        expect(line).not.toMatch(/SCRAM-SHA-256\$|first password/);
    },
    TIMEOUT_MS,
  );
});

const PREFACE = `# Where a rotation may be killed

Made and checked by crash-points.test.ts: one rotation on a real PostgreSQL for each row, whose process ends before that
call, its connections with it; then AWS's retry from createSecret. Column three: the version whose credential logs in after
the kill, before the retry. After every retry the new version is AWSCURRENT and logs in, and with alternating users the old
one still does too. Reads of AWS lag by ${READ_LAG_MS} ms.
`;

async function tableOf(story: Story, prefix: string): Promise<string> {
  const rows: string[][] = [];
  for (let first = 1; ; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => first + index);
    const found = await Promise.all(batch.map((at) => killAndTryAgain(story, `${prefix}_${at}`, at)));
    for (const row of found) {
      if (row !== undefined) rows.push([String(rows.length + 1), `${row.step}: ${row.call}`, row.works]);
    }
    if (found.includes(undefined)) break;
  }
  return aligned(["", "killed before", "logs in"], rows);
}

/** A table as the repository's formatter leaves it. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max("---".length, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

/** One rotation that is killed before its call number `at`, and AWS's retry. Undefined when it was over before. */
async function killAndTryAgain(story: Story, name: string, at: number) {
  const { document, next } = await story.begin(name);
  const clock = new VirtualClock();
  const secrets = new InMemorySecretsManager({
    clock,
    current: { versionId: "first".padEnd(32, "0"), value: document },
    others: { [MASTER_ARN]: database.masterDocument({ ssl: false }) },
    lagMs: READ_LAG_MS,
  });
  const versionId = parseVersionId(randomUUID());
  secrets.beginRotation(versionId);
  const plan = new CrashPlan(at);
  const killedIn = await stepKilledIn(plan, { clock, secrets, versionId });
  const works = await workingVersions(secrets);
  if (story.overlap) expect(works).toContain(AWSCURRENT);
  else expect(works).toHaveLength(1);
  await runAllSteps(postgresRotation({ database, clock, secrets, versionId }));
  expect(secrets.holder(AWSCURRENT)?.versionId).toBe(versionId);
  const current = secrets.holder(AWSCURRENT)?.value ?? "";
  expect(await database.query(current, "SELECT session_user, current_user")).toEqual([
    { session_user: next, current_user: name },
  ]);
  expect(await logsIn(document)).toBe(story.overlap);
  if (killedIn === undefined || plan.killedBefore === undefined) return undefined;
  return { step: killedIn, call: readable(plan.killedBefore, name), works: works.join(", ") };
}

async function stepKilledIn(
  plan: CrashPlan,
  rotation: Pick<Parameters<typeof postgresRotation>[0], "clock" | "versionId"> & {
    readonly secrets: InMemorySecretsManager;
  },
): Promise<string | undefined> {
  const doomed = postgresRotation({
    ...rotation,
    database,
    secrets: plan.secretsManager(rotation.secrets),
    connect: connectUntilCrash(plan, postgresConnector({ certificateAuthorities: database.ca })),
  });
  for (const step of rotationStepSchema.options) {
    try {
      await runStep(step, doomed);
    } catch (error) {
      expect(error).toBeInstanceOf(Crash);
      return step;
    }
  }
  return undefined;
}

async function workingVersions(secrets: InMemorySecretsManager): Promise<readonly string[]> {
  const works: string[] = [];
  const [current, pending] = [secrets.holder(AWSCURRENT), secrets.holder(AWSPENDING)];
  if (await logsIn(current?.value)) works.push(AWSCURRENT);
  if (pending?.versionId !== current?.versionId && (await logsIn(pending?.value))) works.push(AWSPENDING);
  return works;
}

async function logsIn(document: string | undefined): Promise<boolean> {
  if (document === undefined) return false;
  return await database.query(document, "SELECT 1").then(
    () => true,
    () => false,
  );
}

/** Without what differs from run to run. */
function readable(call: string, name: string): string {
  return call
    .replaceAll(name, "app")
    .replaceAll(` of ${SECRET_ARN}`, "")
    .replaceAll(` of ${MASTER_ARN}`, " of the master's secret");
}
