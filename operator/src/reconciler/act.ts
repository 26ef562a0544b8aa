import { parseVersionId } from "@rotated-secrets/contract/version-id";
import type { RotationStatus } from "../api/rotated-secret.ts";
import { isSameWorkload } from "../api/workload-kind.ts";
import { newAlarms, statusOf } from "../lifecycle/report/status.ts";
import { restartNote } from "../lifecycle/rollout/rollout-waits.ts";
import { rotation as rotationPhase } from "../lifecycle/rotation/rotation.ts";
import { rotationDeadline } from "../lifecycle/rotation/rotation-outcome.ts";
import type { Action, Wait } from "../lifecycle/step.ts";
import { hasMetadata } from "../lifecycle/target/target-metadata.ts";
import type { World } from "../lifecycle/world.ts";
import { describeProblem } from "../ports/aws-problem.ts";
import { type Instant, known, live } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import { Conflict, type TargetSecret } from "../ports/target-secrets.ts";
import type { Workload } from "../ports/workloads.ts";
import { type Refusal, WriteRefused } from "../ports/write-refused.ts";
import { lookAt, sourceOf, targetOf } from "./observe.ts";
import type { Ports } from "./ports.ts";

/** What an action may use. */
export interface Means {
  readonly ports: Ports;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** Does one action, and returns the world as it is after it. */
export async function act(action: Action, world: World, means: Means): Promise<World> {
  const after = await carryOut(action, world, means);
  const isRefused = after.refusals.length > world.refusals.length;
  await record(after, !isRefused && "notes" in action ? action.notes : [], means);
  return { ...after, now: means.now() };
}

/** Records events; they never fail. */
export async function record(
  world: World,
  notes: readonly EventNote[],
  { ports }: Pick<Means, "ports">,
): Promise<void> {
  await Promise.all(notes.map((note) => ports.reporting.record(world.resource, note)));
}

async function carryOut(action: Action, world: World, means: Means): Promise<World> {
  const { ports, signal } = means;
  const target = targetOf(world);
  switch (action.do) {
    case "look":
      return lookAtAll(action, world, means);
    case "applySecret": {
      const { versionId, data, writes, over, metadata } = action;
      const { type } = world.spec.target;
      const owner = world.resource.metadata;
      const request = { target, type, metadata, data, versionId, owner, writes, over };
      const write = ports.targets.apply(request, signal);
      return world.target.kind === "unknown"
        ? await writeUnseen(world, means, write)
        : whatWasKept(await writeSecret(world, means, write));
    }
    case "removeKeys":
      return whatWasRemoved(
        await writeSecret(world, means, ports.targets.removeKeys(target, action.keys, action.over, signal)),
        action.keys,
      );
    case "restart":
      return restart(action, world, means);
    case "recordRotation":
      return recordRotation(action.rotation, world, means);
    case "dismissRequest":
      return dismissRequest(action.request, world, means);
    case "rotate":
      return rotate(action, world, means);
  }
}

/** The facts are independent of each other and read side by side. */
async function lookAtAll(
  { facts }: Extract<Action, { do: "look" }>,
  world: World,
  { ports, now, signal }: Means,
): Promise<World> {
  const seen = await Promise.all(
    facts.map(async (fact) => [fact, (await lookAt(fact, world, ports, now, signal))[fact]] as const),
  );
  return { ...world, ...Object.fromEntries(seen) };
}

async function writeSecret(world: World, { now }: Means, write: Promise<TargetSecret>): Promise<World> {
  const written = await orRefusal(write, { kind: "Secret", name: world.spec.targetName });
  return "why" in written
    ? { ...world, refusals: [...world.refusals, written] }
    : { ...world, target: live(written, now()) };
}

/** The write of a Secret that was taken to be absent; where there is one all the same it is read, and judged as it is. */
async function writeUnseen(world: World, means: Means, write: Promise<TargetSecret>): Promise<World> {
  try {
    return whatWasKept(await writeSecret(world, means, write));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return await lookAt("target", world, means.ports, means.now, means.signal);
  }
}

/** What an admission webhook takes away as it is written would be taken away again: that is as good as a refusal. */
function whatWasKept(world: World): World {
  const target = known(world.target);
  const isRefused = world.refusals.some(({ kind }) => kind === "Secret");
  if (isRefused || target?.kind !== "present" || hasMetadata(world, target)) return world;
  const why =
    "what it was given as labels, annotations or owner is not on it: an admission webhook has changed them";
  return { ...world, refusals: [...world.refusals, { kind: "Secret", name: world.spec.targetName, why }] };
}

/** Keys that an admission webhook puts there with every write would be removed again and again. */
function whatWasRemoved(world: World, keys: readonly string[]): World {
  const target = known(world.target);
  if (target?.kind !== "present" || !target.data.keys.some((key) => keys.includes(key))) return world;
  if (world.refusals.some(({ kind }) => kind === "Secret")) return world;
  const why = "keys that were removed are in it again: an admission webhook adds them";
  return { ...world, refusals: [...world.refusals, { kind: "Secret", name: world.spec.targetName, why }] };
}

/** Who may not be restarted does not keep the others from it. */
async function restart(
  { workloads, versionId, text }: Extract<Action, { do: "restart" }>,
  world: World,
  means: Means,
): Promise<World> {
  const { ports, signal } = means;
  const answers = await Promise.all(
    workloads.map((ref) => orRefusal(ports.workloads.restart(targetOf(world), ref, text, signal), ref)),
  );
  const marked = answers.map((answer) => ("why" in answer ? answer : markedOr(answer, text)));
  const refused = marked.flatMap((answer) => ("why" in answer ? [answer] : []));
  const restarted = marked.flatMap((answer) => ("why" in answer ? [] : [answer]));
  const asItIsNow = (workload: Workload) =>
    restarted.find(({ ref }) => isSameWorkload(ref, workload.ref)) ?? workload;
  await record(world, restarted.length === 0 ? [] : [restartNote(restarted, versionId)], means);
  return {
    ...world,
    workloads: world.workloads.map(asItIsNow),
    refusals: [...world.refusals, ...refused],
  };
}

/** A mark that an admission webhook takes away would be given again and again: that is as good as a refusal. */
function markedOr(workload: Workload, text: string): Workload | Refusal {
  if (workload.versionText === text) return workload;
  return {
    ...workload.ref,
    why: "its pod template does not have the annotation that it was given: an admission webhook has changed it",
  };
}

/** What the write came to, or that the API server refuses it. @throws all else */
async function orRefusal<T>(
  write: Promise<T>,
  { kind, name }: Pick<Refusal, "kind" | "name">,
): Promise<T | Refusal> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof WriteRefused) return { kind, name, why: error.why };
    throw error;
  }
}

/** The request counts as handled, although nothing was done for it. */
async function dismissRequest(request: string, world: World, { ports, signal }: Means): Promise<World> {
  const status = { ...world.resource.status, lastHandledRotateRequest: request };
  const metadata = await ports.reporting.writeStatus(world.resource, status, signal);
  return { ...world, resource: { ...world.resource, metadata, status } };
}

/** The token, and the time of the call, are in status before RotateSecret is called. */
async function recordRotation(
  rotation: RotationStatus,
  world: World,
  { ports, signal }: Means,
): Promise<World> {
  const recorded: World = {
    ...world,
    resource: { ...world.resource, status: { ...world.resource.status, rotation } },
    recordedNow: undefined,
    rotateOutcome: undefined,
  };
  const status = statusOf(recorded, waitsOf(recorded));
  const metadata = await ports.reporting.writeStatus(world.resource, status, signal);
  return {
    ...recorded,
    resource: { ...world.resource, metadata, status },
    recordedNow: parseVersionId(rotation.token),
  };
}

/** What the resource waits for then, in the words that another pass would find, so that the status written is the one that stays. */
function waitsOf(world: World): readonly Wait[] {
  const step = rotationPhase(world);
  return step?.do === "wait" ? [step] : [];
}

async function rotate(
  { arn, token }: Extract<Action, { do: "rotate" }>,
  world: World,
  { ports, now, signal }: Means,
): Promise<World> {
  const rotateOutcome = await ports.rotations.rotate(arn, sourceOf(world), token, signal);
  const answered: World = { ...world, rotateOutcome };
  const underway = world.resource.status.rotation;
  if (rotateOutcome.kind !== "problem" || underway === undefined) return answered;
  const refused: RotationStatus = {
    ...underway,
    attempts: underway.attempts + 1,
    lastAttemptAt: new Date(now()).toISOString(),
    lastError: describeProblem(rotateOutcome.problem),
  };
  const next: World = {
    ...answered,
    resource: { ...world.resource, status: { ...world.resource.status, rotation: refused } },
  };
  const waits = waitsOf(next);
  const status = statusOf(next, waits);
  await record(world, newAlarms(world, waits), { ports });
  const metadata = await ports.reporting.writeStatus(world.resource, status, signal);
  return { ...answered, resource: { ...world.resource, metadata, status } };
}

/** Keeps an eye on a rotation under way, until it has ended or timed out. */
export function watchRotation(world: World, ports: Ports): void {
  const underway = world.resource.status.rotation;
  if (underway === undefined) return;
  ports.catalogue.expectChange(sourceOf(world), rotationDeadline(world, underway));
}
