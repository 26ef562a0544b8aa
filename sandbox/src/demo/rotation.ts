import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { AWSCURRENT } from "@rotated-secrets/contract/labels";
import { z } from "zod";
import type { LabelMove } from "../aws/secrets-manager/store.ts";
import { pause } from "../pause.ts";
import { awsClient, type DatabaseSecret } from "../samples/database-secret.ts";
import { PAYMENTS, rotateArguments, SERVICES } from "../samples/payments.ts";
import type { Sandbox } from "../sandbox.ts";
import type { ClusterView, ServicePod } from "./cluster-view.ts";
import { databaseUsers, podsNotLoggedInAs } from "./database-users.ts";
import { LambdaLog, type LambdaStep } from "./lambda-log.ts";
import { PodStory, replacementOf } from "./pod-story.ts";
import type { Screen } from "./screen.ts";
import type { VersionNames } from "./version-names.ts";

/** What a rotation is shown with. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly secret: DatabaseSecret;
  readonly cluster: ClusterView;
  readonly screen: Screen;
  readonly versions: VersionNames;
  /** Ends the demo. */
  readonly signal: AbortSignal;
}

/** How one rotation went. */
export interface RotationResult {
  readonly versionId: string;
  /** The database user of the new version. */
  readonly username: string;
  /** Milliseconds from the move of AWSCURRENT, by the emulator's clock, until the Secret had the version. */
  readonly toSecretMs: number;
  /** Milliseconds from the same moment until all pods were new and no old one was left, terminating ones included. */
  readonly toRolledOutMs: number;
  readonly podsReplaced: number;
  /** Pods that were not logged in as the new user alone when the operator had called it settled. */
  readonly podsOnOldVersion: number;
}

/** How many pods the services have. */
export const PODS = SERVICES.reduce((sum, { replicas }) => sum + replicas, 0);
const TIMEOUT_MS = 90_000;
const POLL_MS = 50;

/** Asks for a rotation as a user does, and follows it until it is settled. @throws when it does not come to its end in time */
export async function rotateOnce(stage: Stage, text: string): Promise<RotationResult> {
  const { sandbox, screen, cluster, signal } = stage;
  const before = cluster.pods;
  const askedAt = Date.now();
  const ended = new AbortController();
  const following = followAws(stage, askedAt, AbortSignal.any([signal, ended.signal]));
  try {
    const request = rotateArguments(text);
    screen.step(`requested: kubectl ${request.join(" ")}`);
    await sandbox.kubectl(...request);
    const moved = await awaitCurrent(stage, askedAt);
    const secretAt = await awaitSecret(stage, moved);
    const rolledOutAt = await awaitPods(stage, moved, before);
    return {
      versionId: moved.versionId,
      toSecretMs: secretAt - moved.at,
      toRolledOutMs: rolledOutAt - moved.at,
      podsReplaced: before.length,
      ...(await awaitSettled(stage, moved.versionId)),
    };
  } finally {
    ended.abort();
    await following;
  }
}

/** Tells of the rotation function's steps while they happen. */
async function followAws(stage: Stage, askedAt: number, signal: AbortSignal): Promise<void> {
  const { sandbox, screen, versions } = stage;
  const log = new LambdaLog(sandbox.rotator.logPath);
  // A trial of the function, as AWS makes when rotation is set up, is no rotation.
  const isRotation = ({ versionId }: LambdaStep) =>
    sandbox.aws.rotations.some(({ token }) => token === versionId);
  let told = currentMoves(stage, askedAt).length;
  while (!signal.aborted) {
    await pause(POLL_MS, signal);
    const steps = (await log.newSteps()).filter(({ time }) => time >= askedAt).filter(isRotation);
    const moves = currentMoves(stage, askedAt).slice(told);
    told += moves.length;
    const lines = [
      ...steps.map(({ step, outcome, time }) => ({
        at: time,
        text: `the rotation function, called by AWS: ${step}: ${outcome}`,
      })),
      ...moves.map(({ versionId, at }) => ({ at, text: `AWSCURRENT moves to ${versions.long(versionId)}` })),
    ];
    for (const { text, at } of lines.toSorted((a, b) => a.at - b.at)) screen.step(text, at);
  }
}

function currentMoves({ sandbox, secret }: Stage, since: number): readonly LabelMove[] {
  return sandbox.aws.labelMoves.filter(
    ({ at, arn, label }) => at >= since && arn === secret.arn && label === AWSCURRENT,
  );
}

async function awaitCurrent(stage: Stage, askedAt: number): Promise<LabelMove> {
  const { signal, cluster } = stage;
  while (Date.now() < askedAt + TIMEOUT_MS) {
    signal.throwIfAborted();
    const [moved] = currentMoves(stage, askedAt);
    if (moved !== undefined) return moved;
    await pause(POLL_MS, signal);
  }
  throw cluster.tooLate("AWSCURRENT moves", TIMEOUT_MS);
}

async function awaitSecret(
  { cluster, screen, versions, signal }: Stage,
  { versionId, at }: LabelMove,
): Promise<number> {
  const isThere = () => cluster.secretVersionId === versionId;
  const secretAt = await cluster.until("the Secret has the new version", isThere, {
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  screen.step(
    `the Secret ${PAYMENTS.name} carries ${versions.short(versionId)} (${after(at, secretAt)})`,
    secretAt,
  );
  return secretAt;
}

async function awaitPods(
  stage: Stage,
  { versionId, at }: LabelMove,
  before: readonly ServicePod[],
): Promise<number> {
  const { cluster, screen, signal } = stage;
  const story = new PodStory(versionId, before, (line) => screen.step(line));
  const stopTelling = cluster.onChange(() => story.look(cluster.pods));
  const isReplaced = () => {
    const { ready, others } = replacementOf(cluster.pods, versionId);
    return ready.length === PODS && others.length === 0;
  };
  try {
    const rolledOutAt = await cluster.until("all pods are new", isReplaced, {
      signal,
      timeoutMs: TIMEOUT_MS,
    });
    screen.step(
      `all ${PODS} pods are new, and no older one is left (${after(at, rolledOutAt)})`,
      rolledOutAt,
    );
    return rolledOutAt;
  } finally {
    stopTelling();
  }
}

async function awaitSettled(
  stage: Stage,
  versionId: string,
): Promise<Pick<RotationResult, "username" | "podsOnOldVersion">> {
  const { sandbox, cluster, screen, versions, signal } = stage;
  const isSettled = () => cluster.progress.settledVersionId === versionId;
  await cluster.until("the operator calls it settled", isSettled, { signal, timeoutMs: TIMEOUT_MS });
  const username = await userOf(stage, versionId);
  const addresses = cluster.pods.map(({ address }) => address);
  const podsOnOldVersion = podsNotLoggedInAs(username, addresses, await databaseUsers(sandbox.postgres));
  const right = addresses.length - podsOnOldVersion;
  screen.step(
    `settled on ${versions.short(versionId)}: PostgreSQL has ${right} of ${PODS} pods logged in as ${username}`,
  );
  return { username, podsOnOldVersion };
}

/** The database user of a version, by AWS. */
async function userOf({ sandbox, secret }: Stage, versionId: string): Promise<string> {
  const client = awsClient(sandbox);
  try {
    const { SecretString = "" } = await client.send(
      new GetSecretValueCommand({ SecretId: secret.arn, VersionId: versionId }),
    );
    return z.object({ username: z.string() }).parse(JSON.parse(SecretString)).username;
  } finally {
    client.destroy();
  }
}

function after(from: number, to: number): string {
  return `${((to - from) / 1_000).toFixed(1)} s after AWSCURRENT moved`;
}
