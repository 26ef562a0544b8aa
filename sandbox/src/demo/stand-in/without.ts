import { RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { scaleOperator } from "../../operator-release.ts";
import { pause } from "../../pause.ts";
import { awsClient } from "../../samples/database-secret.ts";
import { PAYMENTS } from "../../samples/payments.ts";
import { PODS } from "../../samples/services.ts";
import { paint } from "../../screen/paint.ts";
import type { StandInReport } from "../report.ts";
import { currentMoves, type Stage, showPanel } from "../stage.ts";
import type { ServicePod } from "../watching/cluster-view.ts";
import { countServices, countsSince } from "../watching/service-counts.ts";
import { TIMEOUT_MS, waitFor } from "../watching/wait-for.ts";
import { COPY_EVERY_MS, TimerCopy } from "./timer-copy.ts";

const ROTATIONS = 3;
const BETWEEN_ROTATIONS_MS = 10_000;

const SETTINGS = `
The same pods and queries, without the operator. A stand-in does what many
clusters do today. It is a part of this demo, not a release of another project.
  - It copies AWSCURRENT to the Secret ${PAYMENTS.name} every ${COPY_EVERY_MS / 1_000} s. The first copy
    comes right before the first rotation.
  - When a copy has changed the Secret, it restarts both Deployments, and does
    not look at the result.
  - AWS rotates ${ROTATIONS} times, ${BETWEEN_ROTATIONS_MS / 1_000} s apart, with the same function and the same two
    users. Nothing delays a rotation.`;

/**
 * The same load under a stand-in: the operator is scaled to 0, and AWS rotates while a timer copies. Ends when all pods
 * have the newest version. The operator stays away.
 */
export async function runWithout(stage: Stage): Promise<StandInReport> {
  const { sandbox, screen, secret } = stage;
  screen.print(`\n${paint("bold", "Without rotated-secrets")}${SETTINGS}`);
  await scaleOperator(sandbox, 0);
  screen.step("the operator is scaled to 0");
  const stopped = new AbortController();
  const own = { ...stage, signal: AbortSignal.any([stage.signal, stopped.signal]) };
  const before = await countServices(sandbox.node.logDir, PAYMENTS.namespace);
  const copy = await TimerCopy.start(own, currentMoves(stage).at(-1)?.versionId ?? secret.versionId);
  try {
    showPanel(stage, () => ({
      versionOf: (pod) => versionOf(pod, copy, secret.versionId),
      inSecret: copy.inSecret,
      says: `stand-in: the next copy comes in ${copy.secondsToNext} s`,
    }));
    void tellFirstFailure(own, before.failedLogins);
    await rotateByAws(own);
    await waitFor(stage, "all pods have the newest version", () =>
      isHealed(stage, copy) ? true : undefined,
    );
    screen.step(`all ${PODS} pods are new`);
  } finally {
    stopped.abort();
    showPanel(stage);
  }
  const now = await countServices(sandbox.node.logDir, PAYMENTS.namespace);
  const { queries, failedQueries, failedLogins } = countsSince(before, now);
  return {
    copyEverySeconds: COPY_EVERY_MS / 1_000,
    secondsBetweenRotations: BETWEEN_ROTATIONS_MS / 1_000,
    rotations: ROTATIONS,
    queries,
    failedQueries,
    failedLogins,
  };
}

/** Starts the operator again, and waits until it has settled the newest version. */
export async function bringOperatorBack(stage: Stage): Promise<void> {
  const { sandbox, screen, cluster, signal } = stage;
  await scaleOperator(sandbox, 1);
  screen.step("the operator is back");
  const versionId = currentMoves(stage).at(-1)?.versionId;
  const isSettled = () => cluster.progress.settledVersionId === versionId;
  await cluster.until("the newest version is settled", isSettled, {
    signal,
    timeoutMs: TIMEOUT_MS,
  });
}

/** Has AWS rotate, as its own schedule would. */
async function rotateByAws(stage: Stage): Promise<void> {
  const { sandbox, secret, screen, versions, signal } = stage;
  const client = awsClient(sandbox);
  try {
    for (let number = 1; number <= ROTATIONS; number += 1) {
      const startedAt = Date.now();
      // AWS refuses to begin while the rotation before has not ended.
      await waitFor(stage, "AWS begins a rotation", async () => {
        await client.send(new RotateSecretCommand({ SecretId: secret.arn }));
        return true;
      });
      const { versionId, at } = await waitFor(
        stage,
        "AWSCURRENT moves",
        () => currentMoves(stage, startedAt)[0],
      );
      screen.step(
        `AWS rotates (${number} of ${ROTATIONS}): AWSCURRENT moves to ${versions.long(versionId)}`,
        at,
      );
      if (number < ROTATIONS) await pause(startedAt + BETWEEN_ROTATIONS_MS - Date.now(), signal);
    }
  } finally {
    client.destroy();
  }
}

async function tellFirstFailure(stage: Stage, before: number): Promise<void> {
  await waitFor(stage, "a login fails", () => (stage.counts.now.failedLogins > before ? true : undefined))
    .then(() =>
      stage.screen.step(paint("red", "the first login fails: the pods hold a password that is gone")),
    )
    // The end of the stand-in, without a failure.
    .catch(() => {});
}

function isHealed({ cluster, sandbox, secret }: Stage, copy: TimerCopy): boolean {
  const newest = copy.copies.at(-1);
  const current = currentMoves({ sandbox, secret }).at(-1)?.versionId;
  return (
    newest !== undefined &&
    newest.versionId === current &&
    cluster.pods.length === PODS &&
    cluster.pods.every((pod) => pod.phase === "ready" && wasRestartedFor(pod, newest.restartedAt))
  );
}

/** kubectl writes the time of a restart in whole seconds. */
function wasRestartedFor({ restartedAt }: ServicePod, at: number): boolean {
  return restartedAt !== undefined && restartedAt >= Math.floor(at / 1_000) * 1_000;
}

/** The version that a pod was started with: that of the last copy before its restart. */
function versionOf(pod: ServicePod, { copies }: TimerCopy, first: string): string {
  const copy = copies.findLast(({ restartedAt }) => wasRestartedFor(pod, restartedAt));
  return copy?.versionId ?? pod.versionId ?? first;
}
