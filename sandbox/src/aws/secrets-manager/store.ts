import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { LaggingView } from "./lagging-view.ts";
import type { Change, Sight } from "./operation.ts";
import { type Secret, type Secrets, withVersion } from "./secret.ts";

/** A staging label that came to a version. */
export interface LabelMove {
  /** Milliseconds since 1970, by the emulator's clock. */
  readonly at: number;
  readonly arn: string;
  readonly label: string;
  readonly versionId: string;
}

export interface StoreOptions {
  readonly clock: Clock;
  /** Each change is seen by reads after a lag between 0 and this many milliseconds. */
  readonly readLagMs: number;
  /** The same for lists. */
  readonly listLagMs: number;
  /** The lags are drawn from it: the same seed and the same changes have the same lags. */
  readonly seed: number;
}

const DAY_MS = 86_400_000;

/** The truth, and what readers see of it. */
export class SecretStore {
  readonly #options: StoreOptions;
  readonly #truth = new Map<string, Secret>();
  readonly #reads = new LaggingView();
  readonly #lists = new LaggingView();
  readonly #labelMoves: LabelMove[] = [];
  #changes = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get labelMoves(): readonly LabelMove[] {
    return this.#labelMoves;
  }

  /** The secrets as they are for a write, seem to a read, or seem to a list. */
  seenBy(sight: Sight): Secrets {
    if (sight === "truth") return this.#truth;
    return (sight === "reads" ? this.#reads : this.#lists).at(this.#options.clock.now());
  }

  /** The true state of one secret: for Secrets Manager's own machinery. */
  get(arn: string): Secret | undefined {
    return this.#truth.get(arn);
  }

  apply(change: Change): void {
    if (change.kind === "put") this.#replace(change.secret.arn, change.secret);
    else if (change.kind === "drop") this.#replace(change.arn, undefined);
    else for (const { arn, id } of change.versions) this.#accessed(arn, id);
  }

  #replace(arn: string, secret: Secret | undefined): void {
    const { clock, readLagMs, listLagMs } = this.#options;
    const now = clock.now();
    this.#noteLabelMoves(this.#truth.get(arn), secret, now);
    if (secret === undefined) this.#truth.delete(arn);
    else this.#truth.set(arn, secret);
    this.#changes += 1;
    this.#reads.record(arn, secret, now + Math.round(this.#draw("reads") * readLagMs));
    this.#lists.record(arn, secret, now + Math.round(this.#draw("lists") * listLagMs));
  }

  #noteLabelMoves(before: Secret | undefined, after: Secret | undefined, at: number): void {
    for (const { id, stages } of after?.versions ?? []) {
      const had = before?.versions.find((version) => version.id === id)?.stages ?? [];
      for (const label of stages) {
        if (!had.includes(label)) this.#labelMoves.push({ at, arn: after?.arn ?? "", label, versionId: id });
      }
    }
  }

  /** Dates of access are days, so this changes a version once a day. */
  #accessed(arn: string, id: string): void {
    const secret = this.#truth.get(arn);
    const version = secret?.versions.find((candidate) => candidate.id === id);
    const today = Math.floor(this.#options.clock.now() / DAY_MS) * DAY_MS;
    if (secret === undefined || version === undefined || version.lastAccessedAt === today) return;
    this.#replace(arn, {
      ...withVersion(secret, { ...version, lastAccessedAt: today }),
      lastAccessedAt: today,
    });
  }

  /** A number from 0 to 1 that depends on the seed and on which change it is. */
  #draw(sight: Sight): number {
    const hash = createHash("sha256").update(`${this.#options.seed}|${this.#changes}|${sight}`).digest();
    return hash.readUInt32BE() / 0xffff_ffff;
  }
}
