import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { CatalogueEntry, SecretSource } from "../../ports/secret-catalogue.ts";
import { type AwsHealth, HEALTHY } from "./aws-health.ts";
import { agree } from "./catalogue-entry.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import { type Listing, NOT_LISTED } from "./listing.ts";
import type { Moment } from "./moment.ts";
import { type NextRefresh, nextRefresh } from "./next-refresh.ts";
import { type SecretKnowledge, unknownSecret } from "./secret-knowledge.ts";

/** The parts of the state of a scope. */
export interface FollowedSecretsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: CatalogueSettings;
  /** Called when the entry of a followed source has changed. */
  readonly changed: (source: SecretSource) => void;
  /** Called with the next refresh of a secret whenever that may have changed. */
  readonly schedule: (secretId: string, next: NextRefresh) => void;
}

interface Followed {
  readonly source: SecretSource;
  knowledge: SecretKnowledge;
}

/**
 * The state of one scope in immutable values: the knowledge of each followed secret, of lists, and of AWS's health. When one
 * of them is replaced, this class reports the entries that change, and schedules the refreshes that move.
 */
export class FollowedSecrets {
  readonly #options: FollowedSecretsOptions;
  /** By the name or ARN that was asked for. */
  readonly #followed = new Map<string, Followed>();
  #listing: Listing = NOT_LISTED;
  #health: AwsHealth = HEALTHY;

  constructor(options: FollowedSecretsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#followed.size;
  }

  get ids(): Iterable<string> {
    return this.#followed.keys();
  }

  get listing(): Listing {
    return this.#listing;
  }

  get health(): AwsHealth {
    return this.#health;
  }

  /** The knowledge of this secret; undefined when it is not followed. */
  get(secretId: string): SecretKnowledge | undefined {
    return this.#followed.get(secretId)?.knowledge;
  }

  /** The entry of a followed secret. While AWS is away, with that problem. */
  entry(secretId: string): CatalogueEntry | undefined {
    const followed = this.#followed.get(secretId);
    return followed && this.#entryOf(followed);
  }

  /** Whether it is time to refresh this secret. */
  isDue(secretId: string): boolean {
    const followed = this.#followed.get(secretId);
    return followed !== undefined && this.#next(followed).at <= this.#options.clock.monotonic();
  }

  /** Follows a source. Nothing is known of it yet. */
  add(source: SecretSource): void {
    const followed = { source, knowledge: unknownSecret(this.moment()) };
    this.#followed.set(source.secretId, followed);
    this.#schedule(followed);
    if (this.#health.away !== undefined) this.#options.changed(source);
  }

  /** Follows the secret no longer. */
  remove(secretId: string): void {
    this.#followed.delete(secretId);
  }

  /** Replaces the knowledge of a secret, if it is followed. */
  update(secretId: string, change: (before: SecretKnowledge, moment: Moment) => SecretKnowledge): void {
    const followed = this.#followed.get(secretId);
    if (followed === undefined) return;
    const knowledge = change(followed.knowledge, this.moment());
    if (knowledge === followed.knowledge) return;
    const before = this.#entryOf(followed);
    followed.knowledge = knowledge;
    this.#schedule(followed);
    if (!agree(before, this.#entryOf(followed))) this.#options.changed(followed.source);
  }

  /** Schedules a secret again. */
  reschedule(secretId: string): void {
    const followed = this.#followed.get(secretId);
    if (followed !== undefined) this.#schedule(followed);
  }

  /** Replaces the knowledge of lists. Without lists, secrets are described more often. */
  setListing(listing: Listing): void {
    const hasEnded = this.#listing.isShowing && !listing.isShowing;
    this.#listing = listing;
    if (hasEnded) for (const followed of this.#followed.values()) this.#schedule(followed);
  }

  /** Replaces AWS's health. Refreshes that are scheduled stay: each is judged by the health when it is due. */
  setHealth(health: AwsHealth): void {
    const isSame = this.#health.away?.problem === health.away?.problem;
    this.#health = health;
    if (isSame) return;
    for (const { source, knowledge } of this.#followed.values())
      if (knowledge.entry?.problem === undefined) this.#options.changed(source);
  }

  /** The present, and a random number. */
  moment(): Moment {
    const { clock, random } = this.#options;
    return { now: clock.now(), monotonic: clock.monotonic(), jitter: random() };
  }

  #next({ knowledge }: Followed): NextRefresh {
    const state = { listing: this.#listing, health: this.#health };
    return nextRefresh(knowledge, state, this.#options.settings);
  }

  #schedule(followed: Followed): void {
    this.#options.schedule(followed.source.secretId, this.#next(followed));
  }

  #entryOf({ knowledge: { entry } }: Followed): CatalogueEntry | undefined {
    const { away } = this.#health;
    return away === undefined || entry?.problem !== undefined ? entry : { ...entry, problem: away.problem };
  }
}
