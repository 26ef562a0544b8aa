import type { SecretArn } from "@rotated-secrets/contract/version-id";
import type { Clock, Timer } from "@rotated-secrets/kube-runtime/time/clock";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { ValueReading } from "../../ports/secret-values.ts";
import type { SecretsManagerApi, ValueBatch } from "../calls/secrets-manager-api.ts";
import { Slots } from "../calls/slots.ts";

/** How values are read. */
export interface ValueReaderOptions {
  /** How long reads are collected for a batch, in ms. @default 15 */
  readonly collectMs: number;
  /** The same while many values are read, as after a start: fewer calls, and each waits longer. @default 250 */
  readonly busyCollectMs: number;
  /** Secrets in one batch. AWS's limit is 20. @default 20 */
  readonly batchSize: number;
  /** Batches that run at the same time in one scope. @default 4 */
  readonly concurrentBatches: number;
  /** After a denied batch, until batches are tried again in that scope, in ms. @default 600_000 */
  readonly batchDeniedMs: number;
}

/** Many values are being read if the last batch of many was closed in this time, in ms. */
const BUSY_MS = 500;
/** A batch of at least this many values is one of many. A single secret that is read again does not wait longer. */
const MANY = 5;

type Batch = Map<SecretArn, PromiseWithResolvers<ValueReading>>;

/**
 * Reads the current values of one scope's secrets, many in one call. If batches are denied, each value is read by itself: a
 * policy may be limited to a stage, which a batch cannot name, or to some secrets, while a batch needs Resource "*".
 */
export class ValueReader {
  readonly #api: SecretsManagerApi;
  readonly #scope: AwsScope;
  readonly #clock: Clock;
  readonly #options: ValueReaderOptions;
  readonly #lifetime: AbortSignal;
  readonly #slots: Slots;
  #batch: Batch = new Map();
  #timer: Timer | undefined;
  /** When the last batch of many was closed, by the monotonic clock. */
  #manyClosedAt = Number.NEGATIVE_INFINITY;
  /** By the monotonic clock. */
  #batchDeniedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    api: SecretsManagerApi,
    scope: AwsScope,
    clock: Clock,
    options: ValueReaderOptions,
    lifetime: AbortSignal,
  ) {
    this.#api = api;
    this.#scope = scope;
    this.#clock = clock;
    this.#options = options;
    this.#lifetime = lifetime;
    this.#slots = new Slots(options.concurrentBatches);
  }

  /** The current value, by a read that starts after this call. @throws the lifetime's reason when that is over */
  read(arn: SecretArn): Promise<ValueReading> {
    const waiting = this.#batch.get(arn);
    if (waiting !== undefined) return waiting.promise;
    const reading = Promise.withResolvers<ValueReading>();
    this.#batch.set(arn, reading);
    if (this.#batch.size >= this.#options.batchSize) this.#close();
    else this.#timer ??= this.#clock.setTimer(this.#collectMs(), () => this.#close());
    return reading.promise;
  }

  /** Ends collecting. Callers that wait get the lifetime's reason. */
  stop(): void {
    if (this.#batch.size > 0) this.#close();
  }

  #collectMs(): number {
    const isBusy = this.#clock.monotonic() - this.#manyClosedAt < BUSY_MS;
    return isBusy ? this.#options.busyCollectMs : this.#options.collectMs;
  }

  #close(): void {
    const batch = this.#batch;
    if (batch.size >= MANY) this.#manyClosedAt = this.#clock.monotonic();
    this.#batch = new Map();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#slots
      .run(() => this.#send(batch))
      .catch((error: unknown) => {
        for (const { reject } of batch.values()) reject(error);
      });
  }

  async #send(batch: Batch): Promise<void> {
    if (this.#clock.monotonic() < this.#batchDeniedUntil) return this.#readEach(batch);
    const arns = [...batch.keys()];
    const result = await this.#api.batchGetSecretValue(this.#scope, arns, this.#lifetime);
    if (result.kind === "answer") return this.#deliver(batch, result.value);
    const { problem } = result;
    if (problem.kind === "denied")
      this.#batchDeniedUntil = this.#clock.monotonic() + this.#options.batchDeniedMs;
    // A fault of one secret must not prevent the others from being read.
    if (problem.kind !== "unavailable") return this.#readEach(batch);
    for (const { resolve } of batch.values()) resolve({ kind: "problem", problem });
  }

  async #deliver(batch: Batch, { values, problems }: ValueBatch): Promise<void> {
    const rest: Batch = new Map();
    for (const [arn, reading] of batch) {
      const current = values.get(arn);
      const problem = problems.get(arn);
      if (current !== undefined) reading.resolve({ kind: "value", ...current });
      else if (problem !== undefined && problem.kind !== "denied")
        reading.resolve({ kind: "problem", problem });
      else rest.set(arn, reading);
    }
    await this.#readEach(rest);
  }

  async #readEach(batch: Batch): Promise<void> {
    await Promise.all([...batch].map(([arn, reading]) => this.#readOne(arn, reading)));
  }

  async #readOne(arn: SecretArn, reading: PromiseWithResolvers<ValueReading>): Promise<void> {
    const result = await this.#api.getSecretValue(this.#scope, arn, this.#lifetime);
    reading.resolve(
      result.kind === "problem"
        ? { kind: "problem", problem: result.problem }
        : { kind: "value", ...result.value },
    );
  }
}
