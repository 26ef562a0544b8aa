import { PODS } from "../../samples/services.ts";
import type { Stage } from "../stage.ts";
import { replacementOf } from "../watching/pod-story.ts";
import { waitFor } from "../watching/wait-for.ts";
import { NO_OUTAGE, type Outage, type PreparedBreak } from "./prepared-break.ts";

/** Kills the API server by SIGKILL when the first new pod is ready, and starts it again. */
export async function prepareApiServerKill(stage: Stage): Promise<PreparedBreak> {
  const removed = new AbortController();
  const signal = AbortSignal.any([stage.signal, removed.signal]);
  return { over: killAndRestart({ ...stage, signal }), remove: async () => removed.abort() };
}

async function killAndRestart(stage: Stage): Promise<Outage> {
  const { sandbox, screen, cluster } = stage;
  const known = new Set(cluster.pods.map(({ versionId }) => versionId));
  const ready = await waitFor(stage, "the first new pod is ready", () => {
    const versionId = cluster.pods.find((pod) => !known.has(pod.versionId))?.versionId;
    const { length } = versionId === undefined ? [] : replacementOf(cluster.pods, versionId).ready;
    return length > 0 ? length : undefined;
  });
  const killedAt = Date.now();
  screen.step(`the API server is killed when ${ready} of ${PODS} new pods are ready`);
  await sandbox.controlPlane.restartApiServer();
  screen.step(`the API server is back after ${((Date.now() - killedAt) / 1_000).toFixed(1)} s`);
  return NO_OUTAGE;
}
