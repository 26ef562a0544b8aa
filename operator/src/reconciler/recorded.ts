import { handledRequest } from "../lifecycle/rotation/requests.ts";
import type { RecordedChange } from "../lifecycle/step.ts";
import type { World } from "../lifecycle/world.ts";

/** The world once status has this change. The status itself is made from it afterwards. */
export function recorded(world: World, change: RecordedChange): World {
  const { resource } = world;
  if (change.kind === "request") {
    const status = { ...resource.status, ...handledRequest(change.trigger, change.request) };
    return { ...world, resource: { ...resource, status } };
  }
  const { rotation } = change;
  return {
    ...world,
    resource: { ...resource, status: { ...resource.status, rotation } },
    // No call can have been made with an intent that status has only since now.
    intent: change.kind === "intent" ? { kind: "recorded", id: rotation.token } : { kind: "none" },
    turn: { kind: "unknown" },
  };
}
