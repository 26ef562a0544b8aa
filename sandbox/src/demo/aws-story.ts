import { pause } from "../pause.ts";
import { currentMoves, type Stage } from "./stage.ts";
import { LambdaLog, type LambdaStep } from "./watching/lambda-log.ts";

const POLL_MS = 50;

/** Reports the steps of the rotation function and the moves of AWSCURRENT from `since` on, until aborted. */
export async function tellAwsStory(stage: Stage, since: number, signal: AbortSignal): Promise<void> {
  const { sandbox, screen, versions } = stage;
  const log = new LambdaLog(sandbox.rotator.logPath);
  // AWS tests the function when rotation is set up. That test is not a rotation.
  const isRotation = ({ versionId }: LambdaStep) =>
    sandbox.aws.rotations.some(({ token }) => token === versionId);
  let told = currentMoves(stage, since).length;
  while (!signal.aborted) {
    await pause(POLL_MS, signal);
    const steps = (await log.newSteps()).filter(({ time }) => time >= since).filter(isRotation);
    const moves = currentMoves(stage, since).slice(told);
    told += moves.length;
    const lines = [
      ...steps.map(({ step, outcome, time }) => ({
        at: time,
        text: `rotation function, ${step}: ${outcome}`,
      })),
      ...moves.map(({ versionId, at }) => ({ at, text: `AWSCURRENT moves to ${versions.long(versionId)}` })),
    ];
    for (const { text, at } of lines.toSorted((a, b) => a.at - b.at)) screen.step(text, at);
  }
}
