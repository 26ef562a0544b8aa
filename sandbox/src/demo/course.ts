import { paint } from "../screen/paint.ts";
import { BREAKS, type Breakable } from "./breaks/breaks.ts";
import type { Outage } from "./breaks/prepared-break.ts";
import { ROTATIONS } from "./report.ts";
import { type RotationResult, rotateOnce } from "./rotation.ts";
import type { Stage } from "./stage.ts";

/** The rotation in the middle of which a part breaks. */
const BROKEN_ROTATION = 2;

/** How far the rotations came. */
export interface Course {
  readonly results: readonly RotationResult[];
  /** With `--break`, once it has struck. */
  readonly outage: Outage | undefined;
  /** Why the rotations went no further; undefined where all ended. */
  readonly failure: string | undefined;
}

/** One rotation after the other, each requested when the one before has settled. @throws when the user ends the demo */
export async function rotateAll(stage: Stage, part: Breakable | undefined): Promise<Course> {
  const results: RotationResult[] = [];
  let outage: Outage | undefined;
  try {
    for (let number = 1; number <= ROTATIONS; number += 1) {
      stage.screen.print(`\n${paint("bold", `Rotation ${number} of ${ROTATIONS}`)}`);
      const rotate = () => rotateOnce(stage, `demo-${number}`);
      if (part === undefined || number !== BROKEN_ROTATION) results.push(await rotate());
      else {
        const broken = await rotateBroken(stage, part, rotate);
        results.push(broken.result);
        outage = broken.outage;
      }
    }
    return { results, outage, failure: undefined };
  } catch (error) {
    stage.signal.throwIfAborted();
    return { results, outage, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** One rotation with a part that breaks in the middle of it. @throws when it does not end, or the part did not break */
export async function rotateBroken(
  stage: Stage,
  part: Breakable,
  rotate: () => Promise<RotationResult>,
): Promise<{ readonly result: RotationResult; readonly outage: Outage }> {
  stage.screen.print(BREAKS[part].says);
  const prepared = await BREAKS[part].prepare(stage);
  try {
    const [result, outage] = await Promise.all([rotate(), prepared.over]);
    return { result, outage };
  } finally {
    await prepared.remove();
  }
}
