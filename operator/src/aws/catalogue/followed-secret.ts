import type { Clock, Timer } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry, SecretSource } from "../../ports/secret-catalogue.ts";
import { currentVersion } from "../../ports/staging-labels.ts";
import type { Answer } from "../calls/answer.ts";
import type { SecretSnapshot } from "../calls/secrets-manager-api.ts";
import type { Slots } from "../calls/slots.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import { ChangeWatch } from "./change-watch.ts";
import { fullJitter } from "./full-jitter.ts";
import type { RegionHealth } from "./region-health.ts";
import { afterFirstList, afterLook, agree, callsForLook } from "./secret-knowledge.ts";

/** What the secrets of one region share. */
export interface RegionParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: CatalogueSettings;
  readonly health: RegionHealth;
  /** Bounds the reads that nobody waits for. */
  readonly background: Slots;
  /** Whether list passes are being made. */
  readonly listing: () => boolean;
  /** DescribeSecret. @throws only when the catalogue is stopped */
  readonly describe: (secretId: string) => Promise<Answer<SecretSnapshot>>;
  /** Is told when AWS did not answer a read of a secret. */
  readonly unanswered: (secretId: string, problem: AwsProblem) => void;
  /** Is told when what `entry` gives has changed in what matters. */
  readonly changed: (source: SecretSource) => void;
}

/** How much later the first of these intervals begins, as a share of it. */
const UNASKED_SHARE = 0.2;

/** One source that is kept up to date: what is known of it, and when it is read next. */
export class FollowedSecret {
  readonly source: SecretSource;
  readonly #region: RegionParts;
  readonly #watch: ChangeWatch;
  #known: CatalogueEntry | undefined;
  #told: CatalogueEntry | undefined;
  /** Whether the last list pass that it was looked for in showed it; undefined before the first. */
  #listed: boolean | undefined;
  /** A read at the source has shown the facts; before, they are a list's. */
  #confirmed = false;
  #flight: Promise<CatalogueEntry> | undefined;
  #nextFlight: Promise<CatalogueEntry> | undefined;
  #timer: Timer | undefined;
  /** Reads in a row that AWS did not answer. */
  #failures = 0;
  #stopped = false;

  constructor(source: SecretSource, region: RegionParts) {
    this.source = source;
    this.#region = region;
    this.#watch = new ChangeWatch(region.clock, region.settings, () => this.#refresh());
  }

  /** What is known, with what stands in the way of newer facts. */
  get entry(): CatalogueEntry | undefined {
    const away = this.#region.health.away;
    return away === undefined || this.#known?.problem !== undefined
      ? this.#known
      : { ...this.#known, problem: away };
  }

  /** Nothing was learned of it yet, not even that it cannot be. */
  get isNew(): boolean {
    return this.#known === undefined;
  }

  /** Whether a list pass should go on until it has shown this secret. */
  get isSoughtInLists(): boolean {
    return this.#listed !== false;
  }

  /**
   * Asks AWS, after this call: a read that is under way may be older than what the caller knows, so the next one is
   * shared with all who ask meanwhile. @throws only when the catalogue is stopped
   */
  look(): Promise<CatalogueEntry> {
    if (this.#flight === undefined) return this.#fly();
    this.#nextFlight ??= this.#flight.then(() => {
      this.#nextFlight = undefined;
      return this.#flight ?? this.#fly();
    });
    return this.#nextFlight;
  }

  /** A list that was asked for at `at` shows the secret. */
  listed(snapshot: SecretSnapshot, at: Instant): void {
    this.#listed = true;
    if (this.#known === undefined) this.#learn(afterFirstList(snapshot, at));
    else if (callsForLook(this.#known, snapshot, at)) this.lookSoon();
  }

  /** A whole list does not show the secret: deleted, of another account, named by a part of its ARN, or never there. */
  notListed(): void {
    const wasSought = this.isSoughtInLists;
    this.#listed = false;
    if (wasSought) this.lookSoon();
  }

  /** Asks AWS as soon as there is room, if it is there. */
  lookSoon(): void {
    this.#schedule(0);
  }

  /** Spreads the next look over the interval that now holds. */
  respread(): void {
    if (this.#known !== undefined) this.#schedule(this.#region.random() * this.#intervalMs());
  }

  /** Looks closely until AWSCURRENT moves or `until`. */
  expectChange(until: Instant): void {
    const facts = this.#known?.secret;
    this.#watch.start(this.#confirmed && facts !== undefined ? currentVersion(facts) : undefined, until);
  }

  /** Tells of the entry if it changed since this was last done. */
  announce(): void {
    const entry = this.entry;
    if (this.#stopped || agree(entry, this.#told)) return;
    this.#told = entry;
    this.#region.changed(this.source);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#watch.stop();
  }

  #fly(): Promise<CatalogueEntry> {
    const flight = this.#ask().finally(() => {
      if (this.#flight === flight) this.#flight = undefined;
    });
    this.#flight = flight;
    return flight;
  }

  async #ask(): Promise<CatalogueEntry> {
    const { clock, health, describe, unanswered } = this.#region;
    const askedAt = clock.now();
    const answer = await describe(this.source.secretId);
    const known = afterLook(this.#known, answer, { askedAt, answeredAt: clock.now() });
    if (answer.kind === "problem" && answer.problem.kind === "unavailable") {
      this.#failures += 1;
      unanswered(this.source.secretId, answer.problem);
    } else {
      this.#failures = 0;
      health.answered();
    }
    this.#learn(known);
    if (answer.kind === "answer") {
      this.#confirmed = true;
      this.#watch.saw(currentVersion(answer.value));
    }
    return known;
  }

  #learn(known: CatalogueEntry): void {
    const isNews = this.#known?.secret === undefined || this.#known.problem !== undefined;
    this.#known = known;
    this.#schedule(this.#delayAfter(known, isNews));
    this.announce();
  }

  /**
   * After the start, or when AWS is back, the next look lies anywhere in an interval that begins a little later, so that
   * the looks of all secrets are spread evenly, and none comes while the values of all are being read.
   */
  #delayAfter({ problem }: CatalogueEntry, isNews: boolean): number {
    const { random, settings } = this.#region;
    if (problem?.kind === "unavailable") return fullJitter(random, this.#failures);
    const interval = this.#intervalMs();
    const retry = Math.min(interval, settings.describeUnlistedEveryMs);
    if (problem !== undefined) return retry * (0.75 + random() / 2);
    return interval * (isNews ? UNASKED_SHARE + random() : 0.95 + random() / 10);
  }

  #intervalMs(): number {
    const { settings, listing } = this.#region;
    return listing() && this.#listed !== false ? settings.describeEveryMs : settings.describeUnlistedEveryMs;
  }

  #schedule(ms: number): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    this.#timer = this.#region.clock.setTimer(
      ms,
      () => void this.#region.background.run(() => this.#refreshUnlessAway()),
    );
  }

  async #refreshUnlessAway(): Promise<void> {
    if (this.#stopped) return;
    const { health } = this.#region;
    if (health.closedForMs > 0) this.#schedule(health.reopensInMs());
    else await this.#refresh();
  }

  /** A look that nobody waits for; one that is under way will do. */
  async #refresh(): Promise<void> {
    await (this.#flight ?? this.look()).catch(() => {
      // Only the end of the catalogue throws, and then nothing is to be done.
    });
  }
}
