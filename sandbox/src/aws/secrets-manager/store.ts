import type { Change, Sight } from "./operation.ts";
import { type Secret, type Secrets, withVersion } from "./secret.ts";
import type { SecretsView } from "./secrets-view.ts";

/** A move of a staging label to a version. */
export interface LabelMove {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly arn: string;
  readonly label: string;
  readonly versionId: string;
}

export interface StoreOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The view for reads. */
  readonly reads: SecretsView;
  /** The view for lists. */
  readonly lists: SecretsView;
}

const DAY_MS = 86_400_000;

/** The true state of all secrets, and the views for readers. */
export class SecretStore {
  readonly #options: StoreOptions;
  readonly #truth = new Map<string, Secret>();
  readonly #labelMoves: LabelMove[] = [];

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** All moves of staging labels since the start. */
  get labelMoves(): readonly LabelMove[] {
    return this.#labelMoves;
  }

  /** The secrets as writes, reads or lists see them. */
  seenBy(sight: Sight): Secrets {
    if (sight === "truth") return this.#truth;
    return this.#options[sight].at(this.#options.now());
  }

  /** The true state of one secret. */
  get(arn: string): Secret | undefined {
    return this.#truth.get(arn);
  }

  apply(change: Change): void {
    if (change.kind === "put") this.replace(change.secret.arn, change.secret);
    else if (change.kind === "drop") this.replace(change.arn, undefined);
    else for (const { arn, id } of change.versions) this.#accessed(arn, id);
  }

  /** Replaces the state of a secret; undefined removes it. @param at the time of the change. @default now */
  replace(arn: string, secret: Secret | undefined, at = this.#options.now()): void {
    this.#noteLabelMoves(this.#truth.get(arn), secret, at);
    if (secret === undefined) this.#truth.delete(arn);
    else this.#truth.set(arn, secret);
    this.#options.reads.record(arn, secret, at);
    this.#options.lists.record(arn, secret, at);
  }

  #noteLabelMoves(before: Secret | undefined, after: Secret | undefined, at: number): void {
    for (const { id, stages } of after?.versions ?? []) {
      const had = before?.versions.find((version) => version.id === id)?.stages ?? [];
      for (const label of stages) {
        if (!had.includes(label)) this.#labelMoves.push({ at, arn: after?.arn ?? "", label, versionId: id });
      }
    }
  }

  /** Dates of access are days, so this changes a version once per day. */
  #accessed(arn: string, id: string): void {
    const secret = this.#truth.get(arn);
    const version = secret?.versions.find((candidate) => candidate.id === id);
    const today = Math.floor(this.#options.now() / DAY_MS) * DAY_MS;
    if (secret === undefined || version === undefined || version.lastAccessedAt === today) return;
    this.replace(arn, {
      ...withVersion(secret, { ...version, lastAccessedAt: today }),
      lastAccessedAt: today,
    });
  }
}
