import { isDeepStrictEqual } from "node:util";
import { InvariantError } from "@rotated-secrets/kube-runtime/controller/panic";
import type {
  ReconcileContext,
  Reconciler,
  Result,
} from "@rotated-secrets/kube-runtime/controller/reconciler";
import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { RotatedSecretStatus } from "../api/rotated-secret.ts";
import { type Decision, decide } from "../lifecycle/decide.ts";
import { conditionOf, hasSomethingToReport } from "../lifecycle/report/conditions.ts";
import { endNotes, newAlarms, statusOf } from "../lifecycle/report/status.ts";
import type { World } from "../lifecycle/world.ts";
import type { LogField } from "../log-fields.ts";
import type { Instant } from "../ports/fact.ts";
import type { KnownRotatedSecret, ValidRotatedSecret } from "../ports/resources.ts";
import { Conflict, type NamespacedName } from "../ports/target-secrets.ts";
import { act, type Means, record, watchRotation } from "./act.ts";
import { type OperatorIdentity, observe } from "./observe.ts";
import type { Ports } from "./ports.ts";

/** More steps than any pass can need: a pass that takes them all goes round in circles, which is a fault of ours. */
const MAX_STEPS = 40;

type Rest = Extract<Decision, { kind: "rest" }>;

/** Brings one RotatedSecret to rest: observe, decide, act, again and again, until there is nothing to do but wait. */
export class RotatedSecretReconciler implements Reconciler<NamespacedName, LogField> {
  readonly #ports: Ports;
  readonly #operator: OperatorIdentity;
  readonly #clock: Clock;

  constructor(ports: Ports, operator: OperatorIdentity, clock: Clock) {
    this.#ports = ports;
    this.#operator = operator;
    this.#clock = clock;
  }

  /** Returns when to look again. @throws what a port throws for faults; the queue then tries again with back-off. */
  async reconcile(resource: NamespacedName, { signal, log }: ReconcileContext<LogField>): Promise<Result> {
    const parsed = this.#ports.resources.rotatedSecret(resource);
    if (parsed === undefined) return { kind: "done" };
    const means: Means = { ports: this.#ports, now: () => this.#clock.now(), signal };
    try {
      if (parsed.kind !== "valid") return await this.#reportInvalid(parsed, means);
      if (parsed.resource.metadata.deletionTimestamp !== undefined) return { kind: "done" };
      const until = await this.#bringToRest(parsed, means);
      return { kind: "requeueAfter", ms: Math.max(0, until - this.#clock.now()) };
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      log.debug("an object changed since it was judged; it is judged again", { conflict: error.message });
      return { kind: "requeue" };
    }
  }

  async #bringToRest(resource: ValidRotatedSecret, means: Means): Promise<Instant> {
    let world = observe(resource, this.#ports, this.#operator, means.now());
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const decision = decide(world);
      if (decision.kind === "rest") return this.#rest(world, decision, means);
      world = await act(decision.action, world, means);
    }
    throw new InvariantError(
      `no rest after ${MAX_STEPS} steps; the last decision was ${decisionName(world)}`,
    );
  }

  async #rest(world: World, { waits, until }: Rest, means: Means): Promise<Instant> {
    watchRotation(world, this.#ports);
    if (!hasSomethingToReport(world)) return until;
    const status = statusOf(world, waits);
    if (isDeepStrictEqual(status, world.resource.status)) return until;
    await record(world, [...newAlarms(world, waits), ...endNotes(world.resource.status, status)], means);
    await this.#ports.reporting.writeStatus(world.resource, status, means.signal);
    // A status that moved on may free the next phase: what has ended makes room for what waited.
    return isSameStanding(world.resource.status, status) ? until : means.now();
  }

  /** The CRD of another release let something in that this one cannot read: the resource says so itself. */
  async #reportInvalid(
    parsed: Exclude<KnownRotatedSecret, { kind: "valid" }>,
    means: Means,
  ): Promise<Result> {
    if (parsed.kind === "unreadable") return { kind: "done" };
    const { metadata, problems } = parsed;
    const message = `the resource cannot be read: ${problems.join("; ")}. Nothing is done for it until this is corrected`;
    const say = (type: string, status: "True" | "False") => {
      const previous = parsed.status.conditions?.find((condition) => condition.type === type);
      const next = { type, status, reason: "InvalidSpec", message, observedGeneration: metadata.generation };
      return conditionOf(previous, next, means.now());
    };
    const conditions = [say("Ready", "False"), say("Reconciling", "False"), say("Stalled", "True")];
    const status: RotatedSecretStatus = {
      ...parsed.status,
      observedGeneration: metadata.generation,
      conditions,
    };
    if (isDeepStrictEqual(status, parsed.status)) return { kind: "done" };
    await means.ports.reporting.record({ metadata }, { type: "Warning", reason: "InvalidSpec", message });
    await means.ports.reporting.writeStatus({ metadata }, status, means.signal);
    return { kind: "done" };
  }
}

/** Whether the two say the same of rotations and of what is held. */
function isSameStanding(before: RotatedSecretStatus, after: RotatedSecretStatus): boolean {
  return isDeepStrictEqual(
    [before.rotation, before.settled, before.observedGeneration],
    [after.rotation, after.settled, after.observedGeneration],
  );
}

function decisionName(world: World): string {
  const decision = decide(world);
  return decision.kind === "rest" ? "to rest" : `to ${decision.action.do}`;
}
