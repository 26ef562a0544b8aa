import type { Clock } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import { SharedFlights } from "@rotated-secrets/kube-runtime/time/shared-flights";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueEntry, SecretSource } from "../../ports/secret-catalogue.ts";
import type { Answer } from "../calls/answer.ts";
import { failureOf } from "../calls/call-failure.ts";
import type { SecretSnapshot, SecretsManagerApi } from "../calls/secrets-manager-api.ts";
import { afterFailure, HEALTHY } from "./aws-health.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import { FollowedSecrets } from "./followed-secrets.ts";
import { type ListPass, listPass } from "./list-pass.ts";
import { afterPass, afterShown, chooseListing, isWorthListing } from "./listing.ts";
import type { Moment } from "./moment.ts";
import { RefreshQueue } from "./refresh-queue.ts";
import {
  afterAnswer,
  afterListed,
  afterNotListed,
  expecting,
  hinted,
  unknownSecret,
} from "./secret-knowledge.ts";

/** The common parts of all scopes of a catalogue. */
export interface CatalogueParts {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: CatalogueSettings;
  readonly lifetime: AbortSignal;
  /** Called when the entry of a followed source has changed. */
  readonly changed: (source: SecretSource) => void;
}

/** The next list pass. */
const LIST = Symbol("list");
/** The end of a burst of new secrets. */
const BURST = Symbol("burst");
/** A task of the queue: one of these, or the refresh of the secret with this id. */
type Task = typeof LIST | typeof BURST | string;

/** Refreshes that no caller waits for, running at the same time. */
const BACKGROUND_REFRESHES = 16;
/** A burst of new secrets is collected for at most this many times `burstMs`. */
const LONGEST_BURST = 10;

/**
 * Reads the followed secrets of one region and identity: all of them by list passes, if these save calls, and each by its
 * own description. Pure functions decide what to do and when; this class does it, and keeps one queue of due times.
 */
export class ScopeCatalogue {
  readonly #scope: AwsScope;
  readonly #parts: CatalogueParts;
  readonly #secrets: FollowedSecrets;
  readonly #queue: RefreshQueue<Task>;
  readonly #flights = new SharedFlights<CatalogueEntry>();
  /** Followed since it was last decided how to read new secrets. */
  readonly #fresh = new Set<string>();
  /** When the first secret of a burst was followed, by the monotonic clock; undefined while none is collected. */
  #burstSince: number | undefined;
  #isPassing = false;

  constructor(scope: AwsScope, parts: CatalogueParts) {
    this.#scope = scope;
    this.#parts = parts;
    const { clock } = parts;
    this.#queue = new RefreshQueue({ clock, slots: BACKGROUND_REFRESHES, run: (task) => this.#run(task) });
    this.#secrets = new FollowedSecrets({
      ...parts,
      schedule: (secretId, { at, isUrgent }) => this.#queue.set(secretId, at, isUrgent),
    });
  }

  get isEmpty(): boolean {
    return this.#secrets.size === 0;
  }

  follow(source: SecretSource): void {
    if (this.#secrets.get(source.secretId) !== undefined) return;
    this.#secrets.add(source);
    this.#fresh.add(source.secretId);
    this.#collect();
  }

  unfollow(secretId: string): void {
    this.#queue.delete(secretId);
    this.#fresh.delete(secretId);
    this.#secrets.remove(secretId);
    this.#chooseListing();
  }

  /** The entry of a followed secret. */
  entry(secretId: string): CatalogueEntry | undefined {
    return this.#secrets.entry(secretId);
  }

  /**
   * Reads at AWS, and starts after this call: the answer of a read that is running may be older than the caller's knowledge.
   * Keeps the answer if the secret is followed. @throws only when the catalogue is stopped
   */
  refresh(secretId: string): Promise<CatalogueEntry> {
    return this.#flights.joinNext(secretId, () => this.#ask(secretId));
  }

  /** Refreshes a followed secret often until its AWSCURRENT moves, or until this time. */
  expectChange(secretId: string, until: Instant): void {
    const { settings } = this.#parts;
    this.#secrets.update(secretId, (before, moment) => expecting(before, until, moment, settings));
  }

  stop(): void {
    this.#queue.stop();
  }

  async #run(task: Task): Promise<void> {
    if (task === BURST) this.#readNew();
    else if (task === LIST) await this.#list();
    // AWS may have gone away since the refresh was scheduled.
    else if (!this.#secrets.isDue(task)) this.#secrets.reschedule(task);
    else await this.#flights.join(task, () => this.#ask(task)).catch(atTheEnd);
  }

  async #ask(secretId: string): Promise<CatalogueEntry> {
    const { clock, settings } = this.#parts;
    const askedAt = clock.now();
    const answer = await this.#describe(secretId);
    const moment = this.#secrets.moment();
    const before = this.#secrets.get(secretId) ?? unknownSecret(moment);
    const known = afterAnswer(before, answer, askedAt, moment, settings);
    this.#judgeHealth(secretId, answer, moment);
    this.#secrets.update(secretId, () => known);
    return known.entry;
  }

  #describe(secretId: string): Promise<Answer<SecretSnapshot>> {
    const { api, lifetime } = this.#parts;
    return api.describeSecret(this.#scope, secretId, lifetime).catch((error: unknown) => {
      lifetime.throwIfAborted();
      return failureOf("DescribeSecret", error);
    });
  }

  #judgeHealth(secretId: string, answer: Answer<unknown>, moment: Moment): void {
    const isUnanswered = answer.kind === "problem" && answer.problem.kind === "unavailable";
    const { health, size } = this.#secrets;
    const after = isUnanswered ? afterFailure(health, secretId, answer.problem, size, moment) : HEALTHY;
    this.#secrets.setHealth(after);
    if (isUnanswered && after.away === undefined) this.#refreshOther(after.failing);
  }

  /** One secret may fail by itself. A read of another one tells whether AWS is away. */
  #refreshOther(failing: ReadonlySet<string>): void {
    for (const id of this.#secrets.ids) {
      if (failing.has(id)) continue;
      this.#refreshNow(id);
      break;
    }
  }

  /** Waits for more new secrets, which come in a burst after a start, before it is decided how to read them. */
  #collect(): void {
    const { clock, settings } = this.#parts;
    const now = clock.monotonic();
    this.#burstSince ??= now;
    const last = this.#burstSince + settings.burstMs * LONGEST_BURST;
    this.#queue.set(BURST, Math.min(now + settings.burstMs, last), true);
  }

  #readNew(): void {
    this.#burstSince = undefined;
    if (this.#isPassing) return;
    const { clock, settings } = this.#parts;
    const fresh = [...this.#fresh].filter((id) => this.#isUnknown(id));
    this.#fresh.clear();
    this.#chooseListing();
    const now = clock.monotonic();
    if (isWorthListing(this.#secrets.listing, fresh.length, settings, now)) this.#queue.set(LIST, now, true);
    else for (const id of fresh) this.#refreshNow(id);
  }

  /** Decides again between list passes and descriptions alone. */
  #chooseListing(): void {
    const { clock, settings } = this.#parts;
    const before = this.#secrets.listing;
    const now = clock.monotonic();
    const after = chooseListing(before, this.#secrets.size, settings, now);
    if (after === before) return;
    this.#secrets.setListing(after);
    if (after.isOn) this.#listLater();
    else if (after.deniedUntil > now) this.#queue.set(LIST, after.deniedUntil, true);
    else this.#queue.delete(LIST);
  }

  #listLater(): void {
    const { random, clock, settings } = this.#parts;
    this.#queue.set(LIST, clock.monotonic() + settings.listEveryMs * (0.95 + random() / 10), true);
  }

  async #list(): Promise<void> {
    if (this.#isPassing) return;
    // Lists were denied, and may be tried again now.
    if (!this.#secrets.listing.isOn) return this.#chooseListing();
    this.#isPassing = true;
    const unseen = new Set(this.#secrets.ids);
    for (const id of unseen) if (this.#secrets.get(id)?.isListed === false) unseen.delete(id);
    const pass = await this.#readList(unseen);
    this.#isPassing = false;
    this.#learnFrom(pass, unseen);
    this.#chooseListing();
    if (this.#secrets.listing.isOn) this.#listLater();
    // Secrets that were followed during the pass, when it had read their page.
    if (this.#burstSince === undefined && this.#fresh.size > 0) this.#collect();
  }

  /** @param unseen secrets are taken out of it when a page shows them */
  #readList(unseen: Set<string>): Promise<ListPass> {
    const { api, clock, lifetime } = this.#parts;
    const show = (listed: SecretSnapshot, at: Instant) => {
      this.#secrets.setListing(afterShown(this.#secrets.listing));
      for (const id of [listed.name, listed.arn]) {
        unseen.delete(id);
        this.#secrets.update(id, (before, moment) => afterListed(before, listed, at, moment));
      }
    };
    const hasSeenAll = () => this.isEmpty || unseen.size === 0;
    return listPass(api, this.#scope, clock, { show, hasSeenAll }, lifetime).catch((error: unknown) => ({
      pages: 0,
      problem: failureOf("ListSecrets", error).problem,
    }));
  }

  /** Lists only save calls: their problem is shown only where descriptions have a problem too. */
  #learnFrom(pass: ListPass, unseen: ReadonlySet<string>): void {
    const { clock, settings } = this.#parts;
    this.#secrets.setListing(afterPass(this.#secrets.listing, pass, settings, clock.monotonic()));
    if (pass.problem === undefined) {
      for (const id of unseen)
        this.#secrets.update(id, (before, { monotonic }) => afterNotListed(before, monotonic));
    } else {
      for (const id of this.#secrets.ids) if (this.#isUnknown(id)) this.#refreshNow(id);
    }
  }

  #isUnknown(secretId: string): boolean {
    return this.#secrets.get(secretId)?.entry === undefined;
  }

  /** As soon as there is a slot. */
  #refreshNow(secretId: string): void {
    this.#secrets.update(secretId, (before, { monotonic }) => hinted(before, monotonic));
  }
}

/** Only the end of the catalogue rejects a refresh, and then nothing is left to do. */
function atTheEnd(): void {}
