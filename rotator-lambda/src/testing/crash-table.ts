import { randomUUID } from "node:crypto";
import { AWSCURRENT, AWSPENDING } from "@rotated-secrets/contract/labels";
import { rotationStepSchema } from "@rotated-secrets/contract/rotation-event";
import { parseVersionId } from "@rotated-secrets/contract/version-id";
import { expect } from "vitest";
import type { Rotation } from "../steps/rotation.ts";
import { runStep } from "../steps/run-step.ts";
import { Crash, CrashPlan } from "./crash-plan.ts";
import { InMemorySecretsManager } from "./in-memory-secrets-manager.ts";
import { runAllSteps, type TestRotation } from "./rotate.ts";
import { MASTER_ARN, SECRET_ARN } from "./test-database.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Lag of reads of AWS, in ms. */
export const READ_LAG_MS = 300;
/** Number of rotations at a time. Each has its own users. */
const BATCH = 8;

/** The parts of a rotation in a test, without its engine. */
type Parts = Pick<TestRotation, "secrets" | "clock" | "versionId">;

/** A server with credentials, and its engine. */
export interface CrashSubject {
  /** The document of the secret `MASTER_ARN`. */
  readonly masterDocument: () => string;
  /** A rotation. If there is a plan, its calls to the server go through the plan. */
  readonly rotation: (parts: Parts, plan?: CrashPlan) => Rotation;
  /** The user that the document logs in as, in the engine's words; undefined if the login is refused. */
  readonly login: (document: string) => Promise<string | undefined>;
}

/** The first document of a secret, and the expected login of the next one. */
export interface CrashStory {
  readonly title: string;
  readonly overlap: boolean;
  readonly begin: (name: string) => Promise<{ readonly document: string; readonly next: string }>;
}

/**
 * A table with a row for each call of the story, with the state if the process is killed before it. `prefix` begins the names
 * of the users. Fails if no credential works after the kill, or if AWS's repetition does not succeed.
 */
export async function crashTable(subject: CrashSubject, story: CrashStory, prefix: string): Promise<string> {
  const rows: string[][] = [];
  for (let first = 1; ; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, index) => first + index);
    const found = await Promise.all(
      batch.map((at) => killAndTryAgain(subject, story, { name: `${prefix}_${at}`, at })),
    );
    for (const row of found) {
      if (row !== undefined) rows.push([String(rows.length + 1), `${row.step}: ${row.call}`, row.works]);
    }
    if (found.includes(undefined)) break;
  }
  return aligned(["", "killed before", "logs in"], rows);
}

/** A table in the format of the repository's formatter. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max("---".length, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  return [head, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

/** One rotation that is killed before its call number `at`, and AWS's repetition. Undefined if it ended before that call. */
async function killAndTryAgain(
  subject: CrashSubject,
  story: CrashStory,
  { name, at }: { readonly name: string; readonly at: number },
) {
  const { document, next } = await story.begin(name);
  const clock = new VirtualClock();
  const secrets = new InMemorySecretsManager({
    clock,
    current: { versionId: "first".padEnd(32, "0"), value: document },
    others: { [MASTER_ARN]: subject.masterDocument() },
    lagMs: READ_LAG_MS,
  });
  const versionId = parseVersionId(randomUUID());
  secrets.beginRotation(versionId);
  const plan = new CrashPlan(at);
  const secretsUntilCrash = plan.secretsManager(secrets);
  const doomed = subject.rotation({ clock, secrets: secretsUntilCrash, versionId }, plan);
  const killedIn = await stepKilledIn(doomed);
  const works = await workingVersions(subject, secrets);
  if (story.overlap) expect(works).toContain(AWSCURRENT);
  else expect(works).toHaveLength(1);
  await runAllSteps(subject.rotation({ clock, secrets, versionId }));
  expect(secrets.holder(AWSCURRENT)?.versionId).toBe(versionId);
  const current = secrets.holder(AWSCURRENT)?.value ?? "";
  expect(await subject.login(current)).toBe(next);
  expect((await subject.login(document)) !== undefined).toBe(story.overlap);
  if (killedIn === undefined || plan.killedBefore === undefined) return undefined;
  return { step: killedIn, call: readable(plan.killedBefore, name), works: works.join(", ") };
}

async function stepKilledIn(doomed: Rotation): Promise<string | undefined> {
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

async function workingVersions(
  { login }: CrashSubject,
  secrets: InMemorySecretsManager,
): Promise<readonly string[]> {
  const works: string[] = [];
  const [current, pending] = [secrets.holder(AWSCURRENT), secrets.holder(AWSPENDING)];
  const logsIn = async (document = "") => document !== "" && (await login(document)) !== undefined;
  if (await logsIn(current?.value)) works.push(AWSCURRENT);
  if (pending?.versionId !== current?.versionId && (await logsIn(pending?.value))) works.push(AWSPENDING);
  return works;
}

/** Replaces the parts that differ from run to run. */
function readable(call: string, name: string): string {
  return call
    .replaceAll(name, "app")
    .replaceAll(` of ${SECRET_ARN}`, "")
    .replaceAll(` of ${MASTER_ARN}`, " of the master's secret");
}
