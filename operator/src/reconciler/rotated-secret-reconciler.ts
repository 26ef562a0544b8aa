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
import { hasSomethingToReport } from "../lifecycle/report/conditions.ts";
import {
  type InvalidRotatedSecret,
  invalidSpecNote,
  invalidSpecStatus,
} from "../lifecycle/report/invalid-spec.ts";
import { actionNotes, creationNotes, endNotes, newAlarms } from "../lifecycle/report/notes.ts";
import { statusOf } from "../lifecycle/report/status.ts";
import type { RecordStep } from "../lifecycle/step.ts";
import { countUndoneAsRefused } from "../lifecycle/target-secret/undone-writes.ts";
import type { World } from "../lifecycle/world.ts";
import type { LogField } from "../log-fields.ts";
import type { Instant } from "../ports/fact.ts";
import type { EventNote } from "../ports/reporting.ts";
import type { ValidRotatedSecret } from "../ports/resources.ts";
import { Conflict, type NamespacedName } from "../ports/target-secrets.ts";
import { type ActionContext, act } from "./act.ts";
import { type OperatorIdentity, observe, sourceOf, targetOf } from "./observe.ts";
import type { Ports } from "./ports.ts";
import { recorded } from "./recorded.ts";

/** More steps than any pass needs. A pass that takes them all goes round in circles, which is a bug. */
const MAX_STEPS = 40;

/** Options of RotatedSecretReconciler. */
export interface RotatedSecretReconcilerOptions {
  readonly ports: Ports;
  readonly operator: OperatorIdentity;
  readonly clock: Clock;
  /** Whether other RotatedSecrets wait for a worker. */
  readonly othersWait: () => boolean;
}

type Act = Extract<Decision, { kind: "act" }>;
type Rest = Extract<Decision, { kind: "rest" }>;

/**
 * Brings one RotatedSecret to rest: observe, decide, act, until there is nothing to do but wait. Only this class makes a
 * status, and always from a decision.
 */
export class RotatedSecretReconciler implements Reconciler<NamespacedName, LogField> {
  readonly #ports: Ports;
  readonly #operator: OperatorIdentity;
  readonly #clock: Clock;
  readonly #othersWait: () => boolean;

  constructor({ ports, operator, clock, othersWait }: RotatedSecretReconcilerOptions) {
    this.#ports = ports;
    this.#operator = operator;
    this.#clock = clock;
    this.#othersWait = othersWait;
  }

  /** Returns when to reconcile again. @throws faults of the ports; the queue then retries with back-off */
  async reconcile(name: NamespacedName, { signal, log }: ReconcileContext<LogField>): Promise<Result> {
    const resource = this.#ports.resources.rotatedSecret(name);
    if (resource === undefined || resource.kind === "unreadable") return { kind: "done" };
    const context: ActionContext = { ports: this.#ports, now: () => this.#clock.now(), signal };
    try {
      if (resource.kind === "invalid") return await this.#reportInvalid(resource, context);
      return await this.#bringToRest(resource, context);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      log.debug("an object changed since the decision about it; it is decided on again", {
        conflict: error.message,
      });
      return { kind: "requeue" };
    }
  }

  async #bringToRest(resource: ValidRotatedSecret, context: ActionContext): Promise<Result> {
    let world = observe(resource, this.#ports, this.#operator, context.now());
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const decision = decide(world);
      if (decision.kind === "end") return { kind: "done" };
      if (decision.kind === "rest") {
        const until = await this.#rest(world, decision, context);
        return { kind: "requeueAfter", ms: Math.max(0, until - this.#clock.now()) };
      }
      world = { ...(await this.#act(world, decision, context)), now: context.now() };
      // After a start, pods wait for their Secrets: all Secrets are created first, and each status follows.
      if (this.#hasCreated(decision, world) && this.#othersWait()) return { kind: "requeueAfter", ms: 0 };
    }
    throw new InvariantError(
      `no rest after ${MAX_STEPS} steps; the last decision was ${decisionName(world)}`,
    );
  }

  /** Whether the Secret was created: then the cache has it, and another pass goes on from there. */
  #hasCreated({ action }: Act, world: World): boolean {
    if (action.do !== "applySecret" || action.over !== undefined) return false;
    return this.#ports.targets.cached(targetOf(world)) !== undefined;
  }

  async #act(world: World, decision: Act, context: ActionContext): Promise<World> {
    const { action } = decision;
    const after =
      action.do === "record"
        ? await this.#record(world, action, decision, context)
        : countUndoneAsRefused(action, await act(action, world, context));
    await this.#tell(world, actionNotes(action, after));
    return after;
  }

  /** Writes what must survive the process, together with all that is waited for meanwhile. */
  async #record(world: World, step: RecordStep, decision: Act, context: ActionContext): Promise<World> {
    const next = recorded(world, step.change);
    const status = statusOf(next, decision);
    const metadata = await this.#ports.reporting.writeStatus(world.resource, status, context.signal);
    await this.#tell(world, newNotes(world, status, decision));
    return { ...next, resource: { ...next.resource, metadata, status } };
  }

  async #rest(world: World, decision: Rest, context: ActionContext): Promise<Instant> {
    const { until, changeExpectedUntil } = decision;
    if (changeExpectedUntil !== undefined)
      this.#ports.catalogue.expectChange(sourceOf(world), changeExpectedUntil);
    if (!hasSomethingToReport(world)) return until;
    const status = statusOf(world, decision);
    if (isDeepStrictEqual(status, world.resource.status)) return until;
    await this.#tell(world, newNotes(world, status, decision));
    await this.#ports.reporting.writeStatus(world.resource, status, context.signal);
    // The end of a rotation or of a rollout may let the next phase begin.
    return isSameStanding(world.resource.status, status) ? until : context.now();
  }

  async #reportInvalid(invalid: InvalidRotatedSecret, { now, signal }: ActionContext): Promise<Result> {
    const status = invalidSpecStatus(invalid, now());
    if (isDeepStrictEqual(status, invalid.status)) return { kind: "done" };
    await this.#ports.reporting.record(invalid, invalidSpecNote(invalid));
    await this.#ports.reporting.writeStatus(invalid, status, signal);
    return { kind: "done" };
  }

  /** Records events. Never fails. */
  async #tell(world: World, notes: readonly EventNote[]): Promise<void> {
    await Promise.all(notes.map((note) => this.#ports.reporting.record(world.resource, note)));
  }
}

/** The events about a status that differs from the one before. */
function newNotes(world: World, status: RotatedSecretStatus, { waits }: Decision): readonly EventNote[] {
  const before = world.resource.status;
  return [...creationNotes(world, status), ...newAlarms(before, waits), ...endNotes(before, status)];
}

/** Whether the two agree about rotations and about the version that pods hold. */
function isSameStanding(before: RotatedSecretStatus, after: RotatedSecretStatus): boolean {
  return isDeepStrictEqual(
    [before.rotation, before.settled, before.observedGeneration],
    [after.rotation, after.settled, after.observedGeneration],
  );
}

function decisionName(world: World): string {
  const decision = decide(world);
  return decision.kind === "act" ? `to ${decision.action.do}` : `to ${decision.kind}`;
}
