import { isSameWorkload } from "../api/workload-kind.ts";
import type { Action } from "../lifecycle/step.ts";
import type { World } from "../lifecycle/world.ts";
import { type Instant, live } from "../ports/fact.ts";
import { Conflict, type TargetSecret } from "../ports/target-secrets.ts";
import type { Workload } from "../ports/workloads.ts";
import { type Refusal, WriteRefused } from "../ports/write-refused.ts";
import { refreshed, sourceOf, targetOf } from "./observe.ts";
import type { Ports } from "./ports.ts";

/** The surroundings of an action. */
export interface ActionContext {
  readonly ports: Ports;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** An action on the world. The reconciler itself does the others: they write status. */
export type OutwardAction = Exclude<Action, { do: "record" }>;

/** Does one action through a port, and returns the world as it is after it. Decides nothing. @throws what the port throws */
export async function act(action: OutwardAction, world: World, context: ActionContext): Promise<World> {
  const { ports, signal } = context;
  const target = targetOf(world);
  switch (action.do) {
    case "refresh":
      return refreshAll(action, world, context);
    case "applySecret":
      return applySecret(action, world, context);
    case "removeKeys":
      return afterWrite(world, context, ports.targets.removeKeys(target, action.keys, action.over, signal));
    case "restart":
      return restart(action, world, context);
    case "call": {
      const { arn, token } = action.intent;
      const answer = await ports.rotations.rotate(arn, sourceOf(world), token, signal);
      return { ...world, intent: { kind: "answered", id: token, answer } };
    }
  }
}

/** The facts are independent of each other, and read at the same time. */
async function refreshAll(
  { facts }: Extract<Action, { do: "refresh" }>,
  world: World,
  { ports, now, signal }: ActionContext,
): Promise<World> {
  const seen = await Promise.all(
    facts.map(async (fact) => [fact, (await refreshed(fact, world, ports, now, signal))[fact]] as const),
  );
  return { ...world, ...Object.fromEntries(seen) };
}

/** Writes the Secret. If it was taken to be absent and is there all the same, it is read, so that it can be decided on. */
async function applySecret(
  { versionId, documentForm, data, dataHistory, over, metadata }: Extract<Action, { do: "applySecret" }>,
  world: World,
  context: ActionContext,
): Promise<World> {
  const { ports, now, signal } = context;
  const owner = world.resource.metadata;
  const { type } = world.spec.target;
  const written = { data, versionId, documentForm, dataHistory };
  const request = { target: targetOf(world), type, metadata, owner, over, ...written };
  try {
    return await afterWrite(world, context, ports.targets.apply(request, signal));
  } catch (error) {
    const isUnseen = error instanceof Conflict && world.target.kind === "unknown";
    if (!isUnseen) throw error;
    return await refreshed("target", world, ports, now, signal);
  }
}

async function afterWrite(
  world: World,
  { now }: ActionContext,
  write: Promise<TargetSecret>,
): Promise<World> {
  const outcome = await outcomeOf(write, { kind: "Secret", name: world.spec.targetName });
  return outcome.kind === "refused"
    ? { ...world, refusals: [...world.refusals, outcome.refusal] }
    : { ...world, target: live(outcome.value, now()) };
}

/** A workload that may not be restarted does not hold up the others. */
async function restart(
  { workloads, restartToken }: Extract<Action, { do: "restart" }>,
  world: World,
  { ports, signal }: ActionContext,
): Promise<World> {
  const outcomes = await Promise.all(
    workloads.map((ref) =>
      outcomeOf(ports.workloads.restart(targetOf(world), ref, restartToken, signal), ref),
    ),
  );
  const refused = outcomes.flatMap((outcome) => (outcome.kind === "refused" ? [outcome.refusal] : []));
  const restarted = outcomes.flatMap((outcome) => (outcome.kind === "written" ? [outcome.value] : []));
  const asItIsNow = (workload: Workload) =>
    restarted.find(({ ref }) => isSameWorkload(ref, workload.ref)) ?? workload;
  return {
    ...world,
    workloads: world.workloads.map(asItIsNow),
    refusals: [...world.refusals, ...refused],
  };
}

/** The outcome of a write. */
type WriteOutcome<T> =
  | { readonly kind: "written"; readonly value: T }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Awaits a write that the API server may refuse. @throws all other errors */
async function outcomeOf<T>(
  write: Promise<T>,
  { kind, name }: Pick<Refusal, "kind" | "name">,
): Promise<WriteOutcome<T>> {
  try {
    return { kind: "written", value: await write };
  } catch (error) {
    if (error instanceof WriteRefused) return { kind: "refused", refusal: { kind, name, why: error.why } };
    throw error;
  }
}
