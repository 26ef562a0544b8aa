import { isSameWorkload } from "../../api/workload-kind.ts";
import { known } from "../../ports/fact.ts";
import type { Workload } from "../../ports/workloads.ts";
import type { Refusal } from "../../ports/write-refused.ts";
import type { Action } from "../step.ts";
import type { World } from "../world.ts";
import { hasMetadata } from "./target-metadata.ts";

/**
 * The world after an action, where an admission webhook that has undone a write counts as a refusal of it. Otherwise the
 * operator would write the same again and again.
 */
export function countUndoneAsRefused(action: Action, after: World): World {
  const undone = undoneBy(action, after).filter(
    ({ kind, name }) => !after.refusals.some((refusal) => refusal.kind === kind && refusal.name === name),
  );
  return undone.length === 0 ? after : { ...after, refusals: [...after.refusals, ...undone] };
}

function undoneBy(action: Action, after: World): readonly Refusal[] {
  const target = known(after.target);
  const secret = { kind: "Secret", name: after.spec.targetName } as const;
  switch (action.do) {
    case "applySecret":
      if (target?.kind !== "present" || hasMetadata(after, target)) return [];
      return [
        {
          ...secret,
          why: "labels, annotations or the owner are missing after the write: an admission webhook has changed them",
        },
      ];
    case "removeKeys":
      if (target?.kind !== "present" || !target.data.keys.some((key) => action.keys.includes(key))) return [];
      return [{ ...secret, why: "removed keys are back: an admission webhook adds them" }];
    case "restart": {
      const why =
        "its pod template does not have the annotation after the patch: an admission webhook has changed it";
      return after.workloads
        .filter(
          (workload) => isAsked(action.workloads, workload) && workload.restartToken !== action.restartToken,
        )
        .map(({ ref: { kind, name } }) => ({ kind, name, why }));
    }
    default:
      return [];
  }
}

function isAsked(asked: readonly Workload["ref"][], { ref }: Workload): boolean {
  return asked.some((other) => isSameWorkload(other, ref));
}
