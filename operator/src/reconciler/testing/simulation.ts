import { silentLogger } from "@rotated-secrets/kube-runtime/telemetry/logger";
import { ManualClock } from "@rotated-secrets/kube-runtime/time/manual-clock";
import type { RotatedSecretStatus } from "../../api/rotated-secret.ts";
import type { DocumentForm } from "../../ports/document-form.ts";
import type { CatalogueEntry } from "../../ports/secret-catalogue.ts";
import type { TargetSecret } from "../../ports/target-secrets.ts";
import type { Ports } from "../ports.ts";
import { RotatedSecretReconciler } from "../rotated-secret-reconciler.ts";
import { Crash, type Interception, intercepted } from "./faulty-ports.ts";
import { SimulatedAws } from "./simulated-aws.ts";
import { SimulatedCatalogue, SimulatedValues } from "./simulated-aws-ports.ts";
import { SimulatedCluster } from "./simulated-cluster.ts";

/** How long a call of the operator takes, in ms. */
const CALL_MS = 20;
/** How long a process takes to be started again, in ms. */
const START_MS = 2_000;
/** More passes in one simulated second are a bug. */
const MAX_PASSES_A_SECOND = 20;
const NOON = Date.UTC(2026, 10, 20, 12);

/** A Secret before a write. */
export interface SecretBefore {
  readonly keys: readonly string[];
  readonly form: DocumentForm | undefined;
}

/** Decides where an operator process ends. */
export type CrashPlan = (call: string, when: "before" | "after") => boolean;

/** An operator, process after process, over one cluster and one AWS. */
class SimulatedOperator {
  readonly #simulation: Simulation;
  readonly #cluster: SimulatedCluster;
  #process: { readonly reconciler: RotatedSecretReconciler; readonly catalogue: SimulatedCatalogue };
  /** Until then nothing runs. */
  #startedAt = 0;
  #dueAt = 0;
  #seen = "";

  constructor(simulation: Simulation, cluster: SimulatedCluster) {
    this.#simulation = simulation;
    this.#cluster = cluster;
    this.#process = this.#start();
  }

  get nextAt(): number {
    return Math.max(this.#startedAt, Math.min(this.#dueAt, this.#process.catalogue.nextAt));
  }

  /** Reconciles if it is time, or if something has changed. Returns whether it did. */
  async step(): Promise<boolean> {
    const { now } = this.#simulation;
    if (now < this.#startedAt) return false;
    this.#process.catalogue.step();
    const changes = `${this.#cluster.changes} ${this.#process.catalogue.changes}`;
    if (now < this.#dueAt && this.#seen === changes) return false;
    this.#seen = changes;
    await this.#reconcile();
    return true;
  }

  async #reconcile(): Promise<void> {
    this.#simulation.onPass(this.#cluster);
    const context = { signal: new AbortController().signal, log: silentLogger };
    try {
      const result = await this.#process.reconciler.reconcile({ namespace: "payments", name: "db" }, context);
      this.#dueAt = this.#simulation.now + (result.kind === "requeueAfter" ? result.ms : 1_000);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#startedAt = this.#simulation.now + START_MS;
      this.#dueAt = this.#startedAt;
      this.#process = this.#start();
    }
  }

  /** The Secret, with each write reported. */
  #observed(secret: SimulatedCluster["secret"]): Ports["targets"] {
    const reported = async (write: () => Promise<TargetSecret>) => {
      const before = { keys: Object.keys(secret.data ?? {}), form: secret.documentForm };
      const after = await write();
      this.#simulation.onSecretWrite(this.#cluster, before);
      return after;
    };
    return {
      cached: () => secret.cached(),
      read: () => secret.read(),
      apply: (request) => reported(async () => secret.apply(request)),
      removeKeys: (...request) => reported(async () => secret.removeKeys(...request)),
    };
  }

  #start() {
    const { aws, clock, interception, othersWait } = this.#simulation;
    const { resources, serviceAccounts, secret: targets, workloads, reporting } = this.#cluster;
    const catalogue = new SimulatedCatalogue(aws, clock);
    const values = new SimulatedValues(aws);
    const rotations: Ports["rotations"] = {
      rotate: (_arn, _scope, token) => {
        const outcome = aws.rotate(token);
        if (outcome.kind === "accepted") this.#simulation.onRotate(this.#cluster);
        return Promise.resolve(outcome);
      },
    };
    const observed: Ports["reporting"] = {
      ...reporting,
      writeStatus: async (judged, status, signal) => {
        const metadata = await reporting.writeStatus(judged, status, signal);
        this.#simulation.onStatus(this.#cluster, status, catalogue.cached());
        return metadata;
      },
    };
    const ports = {
      resources,
      catalogue,
      values,
      rotations,
      serviceAccounts,
      targets: this.#observed(targets),
      workloads,
      reporting: observed,
    };
    return {
      reconciler: new RotatedSecretReconciler({
        ports: intercepted(ports, interception),
        operator: { startedAt: Math.max(this.#startedAt, clock.now()) },
        clock,
        othersWait: () => othersWait,
      }),
      catalogue,
    };
  }
}

/** Clusters, an AWS and operators, in simulated time: hours take milliseconds, and the same input gives the same history. */
export class Simulation {
  readonly clock = new ManualClock(NOON);
  readonly aws = new SimulatedAws(this.clock);
  /** The first cluster. */
  readonly cluster: SimulatedCluster;
  /** All clusters, each with its own RotatedSecret of the same AWS secret. */
  readonly clusters: readonly SimulatedCluster[];
  /** The calls that left the operators, in their order. */
  readonly calls: string[] = [];
  crash: CrashPlan = () => false;
  /** Called before an operator begins a pass. */
  onPass: (cluster: SimulatedCluster) => void = () => {};
  /** Called after every status that an operator has written, with what it then knows of the secret. */
  onStatus: (
    cluster: SimulatedCluster,
    status: RotatedSecretStatus,
    known: CatalogueEntry | undefined,
  ) => void = () => {};
  /** Called after every write of the Secret by an operator, with its keys and form before. */
  onSecretWrite: (cluster: SimulatedCluster, before: SecretBefore) => void = () => {};
  /** Called when AWS accepts a RotateSecret of an operator of this cluster. */
  onRotate: (cluster: SimulatedCluster) => void = () => {};
  /** How many turns other operators get before a call. */
  turns: () => number = () => 0;
  /** Whether other RotatedSecrets always wait for a worker. */
  readonly othersWait: boolean;
  readonly #operators: readonly SimulatedOperator[];
  #passes = { second: 0, count: 0 };

  /** `operators` are those of each cluster. With `isOneCluster` the clusters stand for RotatedSecrets of one cluster. */
  constructor({
    operators = 1,
    clusters = 1,
    isOneCluster = false,
    othersWait = false,
  }: {
    readonly operators?: number;
    readonly clusters?: number;
    readonly isOneCluster?: boolean;
    readonly othersWait?: boolean;
  } = {}) {
    this.othersWait = othersWait;
    this.cluster = new SimulatedCluster(this.clock, "uid-db");
    const others = Array.from(
      { length: clusters - 1 },
      (_, i) => new SimulatedCluster(this.clock, `uid-other-${i}`),
    );
    this.clusters = [this.cluster, ...others];
    if (isOneCluster) {
      const all = () => this.clusters.flatMap(({ ownRecordedRotations }) => ownRecordedRotations);
      for (const cluster of this.clusters) cluster.recordedRotations = all;
    }
    this.#operators = this.clusters.flatMap((cluster) =>
      Array.from({ length: operators }, () => new SimulatedOperator(this, cluster)),
    );
  }

  get now(): number {
    return this.clock.now();
  }

  readonly interception: Interception = {
    before: async (call) => {
      for (let turns = this.turns(); turns > 0; turns -= 1) await Promise.resolve();
      this.calls.push(call);
      if (this.crash(call, "before")) throw new Crash(call);
      this.#moveTo(this.now + CALL_MS);
    },
    after: (call) => {
      if (this.crash(call, "after")) throw new Crash(call);
    },
  };

  /** Lets time pass, in ms. @throws Error when an operator goes round in circles */
  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.now < end) {
      this.#moveTo(this.now);
      const ran = await Promise.all(this.#operators.map((operator) => operator.step()));
      if (ran.includes(true)) this.#countPass();
      else this.#moveTo(Math.min(end, Math.max(this.now + 1, this.#nextAt)));
    }
  }

  get #nextAt(): number {
    return Math.min(
      this.aws.nextAt,
      ...this.clusters.map(({ nextAt }) => nextAt),
      ...this.#operators.map(({ nextAt }) => nextAt),
    );
  }

  #moveTo(time: number): void {
    this.clock.setWallClock(time);
    this.aws.step();
    for (const cluster of this.clusters) cluster.step();
  }

  #countPass(): void {
    const second = Math.floor(this.now / 1_000);
    this.#passes = { second, count: this.#passes.second === second ? this.#passes.count + 1 : 1 };
    if (this.#passes.count > MAX_PASSES_A_SECOND)
      throw new Error(
        `more than ${MAX_PASSES_A_SECOND} passes in a second; the last calls: ${this.calls.slice(-10).join(", ")}`,
      );
  }
}
