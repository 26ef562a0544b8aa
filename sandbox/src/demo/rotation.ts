import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import type { LabelMove } from "../aws/secrets-manager/store.ts";
import { awsClient } from "../samples/database-secret.ts";
import { PAYMENTS, rotateArguments } from "../samples/payments.ts";
import { PODS } from "../samples/services.ts";
import { tellAwsStory } from "./aws-story.ts";
import { currentMoves, type Stage } from "./stage.ts";
import type { ServicePod } from "./watching/cluster-view.ts";
import { databaseUsers, podsNotLoggedInAs } from "./watching/database-users.ts";
import { PodStory, replacementOf } from "./watching/pod-story.ts";
import { TIMEOUT_MS, waitFor } from "./watching/wait-for.ts";

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
  /** Pods that were not logged in as the new user alone when the operator reported the rotation as settled. */
  readonly podsOnOldVersion: number;
}

/** Asks for a rotation as a user does, and follows it until it is settled. @throws when it does not end in time */
export async function rotateOnce(stage: Stage, text: string): Promise<RotationResult> {
  const { sandbox, screen, cluster, signal } = stage;
  const before = cluster.pods;
  const askedAt = Date.now();
  const ended = new AbortController();
  const story = tellAwsStory(stage, askedAt, AbortSignal.any([signal, ended.signal]));
  try {
    const request = rotateArguments(text);
    screen.step(`requested: kubectl ${request.join(" ")}`);
    await sandbox.kubectl(...request);
    const moved = await waitFor(stage, "AWSCURRENT moves", () => currentMoves(stage, askedAt)[0]);
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
    await story;
  }
}

async function awaitSecret(
  { cluster, screen, versions, signal }: Stage,
  { versionId, at }: LabelMove,
): Promise<number> {
  const isThere = () => cluster.secretVersionId === versionId;
  const options = { signal, timeoutMs: TIMEOUT_MS };
  const secretAt = await cluster.until("the Secret has the new version", isThere, options);
  const short = versions.short(versionId);
  screen.step(`the Secret ${PAYMENTS.name} carries ${short} (${after(at, secretAt)})`, secretAt);
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
    const options = { signal, timeoutMs: TIMEOUT_MS };
    const rolledOutAt = await cluster.until("all pods are new", isReplaced, options);
    screen.step(`all ${PODS} pods are new, no older one left (${after(at, rolledOutAt)})`, rolledOutAt);
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
  await cluster.until("the rotation is settled", isSettled, { signal, timeoutMs: TIMEOUT_MS });
  const username = await userOf(stage, versionId);
  const addresses = cluster.pods.map(({ address }) => address);
  const podsOnOldVersion = podsNotLoggedInAs(username, addresses, await databaseUsers(sandbox.postgres));
  const right = addresses.length - podsOnOldVersion;
  const short = versions.short(versionId);
  screen.step(`settled on ${short}: PostgreSQL has ${right} of ${PODS} pods logged in as ${username}`);
  return { username, podsOnOldVersion };
}

/** The database user of a version, by AWS. */
export async function userOf({ sandbox, secret }: Stage, versionId: string): Promise<string> {
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
