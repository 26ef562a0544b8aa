import type { Clock, Timer } from "@rotated-secrets/kube-runtime/time/clock";
import type { Random } from "@rotated-secrets/kube-runtime/time/random";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import type { AwsScope } from "../../ports/aws-scope.ts";
import type { CatalogueEntry, SecretSource } from "../../ports/secret-catalogue.ts";
import type { Answer } from "../calls/answer.ts";
import { failureOf } from "../calls/call-failure.ts";
import type { SecretSnapshot, SecretsManagerApi } from "../calls/secrets-manager-api.ts";
import { Slots } from "../calls/slots.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";
import { FollowedSecret, type RegionParts } from "./followed-secret.ts";
import { type ListPass, type ListReader, listPass } from "./list-pass.ts";
import { RegionHealth } from "./region-health.ts";

/** DescribeSecret calls that nobody waits for, under way at a time. */
const BACKGROUND_LOOKS = 16;
/** New secrets are waited for at most so many times the length of a burst. */
const LONGEST_BURST = 10;

/** What the scopes of a catalogue have in common. */
export interface CatalogueParts {
  readonly api: SecretsManagerApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: CatalogueSettings;
  readonly lifetime: AbortSignal;
  readonly changed: (source: SecretSource) => void;
}

/**
 * The followed secrets of one region and identity. List passes find them cheaply where they are many; each is described on its own
 * interval all the same, for a list is only a hint. Where they are fewer than the pages, there are no list passes.
 */
export class RegionCatalogue {
  readonly #scope: AwsScope;
  readonly #parts: CatalogueParts;
  readonly #shared: RegionParts;
  readonly #followed = new Map<string, FollowedSecret>();
  /** Followed since it was last decided how to read new ones. */
  readonly #fresh = new Set<FollowedSecret>();
  /** Pages that the last list pass had to read; undefined before the first. */
  #pages: number | undefined;
  /** List passes are being made, one every so often. */
  #listing = false;
  /** A list pass is under way. */
  #passing = false;
  #stopped = false;
  /** By the monotonic clock. */
  #listDeniedUntil = Number.NEGATIVE_INFINITY;
  #listTimer: Timer | undefined;
  #burst: { readonly timer: Timer; readonly since: number } | undefined;

  constructor(scope: AwsScope, parts: CatalogueParts) {
    this.#scope = scope;
    this.#parts = parts;
    const { clock, random, settings, changed } = parts;
    const health = new RegionHealth(clock, random, () => this.#announceAll());
    this.#shared = {
      clock,
      random,
      settings,
      health,
      changed,
      background: new Slots(BACKGROUND_LOOKS),
      listing: () => this.#listing,
      describe: (secretId) => this.#describe(secretId),
      unanswered: (secretId, problem) => this.#unanswered(secretId, problem),
    };
  }

  get isEmpty(): boolean {
    return this.#followed.size === 0;
  }

  get(secretId: string): FollowedSecret | undefined {
    return this.#followed.get(secretId);
  }

  /** Asks AWS, and keeps the answer if the source is followed. @throws only when the catalogue is stopped */
  look(source: SecretSource): Promise<CatalogueEntry> {
    const followed = this.#followed.get(source.secretId);
    if (followed !== undefined) return followed.look();
    const once = new FollowedSecret(source, this.#shared);
    once.stop();
    return once.look();
  }

  follow(source: SecretSource): void {
    if (this.#followed.has(source.secretId)) return;
    const secret = new FollowedSecret(source, this.#shared);
    this.#followed.set(source.secretId, secret);
    this.#fresh.add(secret);
    this.#collect();
  }

  unfollow(secretId: string): void {
    const secret = this.#followed.get(secretId);
    if (secret === undefined) return;
    secret.stop();
    this.#followed.delete(secretId);
    this.#fresh.delete(secret);
    this.#choose();
  }

  stop(): void {
    this.#stopped = true;
    for (const secret of this.#followed.values()) secret.stop();
    this.#listTimer?.cancel();
    this.#burst?.timer.cancel();
  }

  /** Waits for more new secrets, which come in a burst at start-up, before deciding how to read them. */
  #collect(): void {
    const { clock, settings } = this.#parts;
    const since = this.#burst?.since ?? clock.monotonic();
    const rest = since + settings.burstMs * LONGEST_BURST - clock.monotonic();
    this.#burst?.timer.cancel();
    this.#burst = {
      since,
      timer: clock.setTimer(Math.min(settings.burstMs, rest), () => this.#resolveNew()),
    };
  }

  #resolveNew(): void {
    this.#burst = undefined;
    if (this.#passing) return;
    const fresh = [...this.#fresh].filter((secret) => secret.isNew);
    this.#fresh.clear();
    this.#choose();
    if (this.#mayList() && !this.#isFew(fresh.length)) void this.#list();
    else for (const secret of fresh) secret.lookSoon();
  }

  /** Decides anew between list passes and descriptions alone. */
  #choose(): void {
    const listing = this.#mayList() && !this.#isFew(this.#followed.size);
    if (listing === this.#listing) return;
    this.#listing = listing;
    this.#listTimer?.cancel();
    if (listing) this.#listLater();
    else for (const secret of this.#followed.values()) secret.respread();
  }

  #isFew(count: number): boolean {
    return count <= Math.max(this.#parts.settings.describeUpTo, this.#pages ?? 0);
  }

  #mayList(): boolean {
    return this.#parts.clock.monotonic() >= this.#listDeniedUntil;
  }

  #listLater(): void {
    const { clock, random, settings } = this.#parts;
    this.#listTimer?.cancel();
    this.#listTimer = clock.setTimer(settings.listEveryMs * (0.95 + random() / 10), () => void this.#list());
  }

  async #list(): Promise<void> {
    if (this.#passing) return;
    this.#passing = true;
    const unseen = new Set([...this.#followed.values()].filter((secret) => secret.isSoughtInLists));
    const pass = await this.#readList(unseen);
    this.#passing = false;
    if (this.#stopped) return;
    if (pass.problem === undefined) this.#learnFrom(pass, unseen);
    else this.#fallBack(pass.problem);
    this.#choose();
    if (this.#listing) this.#listLater();
    // Those that came to be followed during the pass, on pages that had been read.
    if (this.#burst === undefined && this.#fresh.size > 0) this.#collect();
  }

  #learnFrom(pass: ListPass, unseen: ReadonlySet<FollowedSecret>): void {
    this.#pages = pass.pages;
    for (const secret of unseen) secret.notListed();
  }

  /** Lists are not needed, only cheap: their problem is shown only where descriptions have one too. */
  #fallBack(problem: AwsProblem): void {
    for (const secret of this.#followed.values()) if (secret.isNew) secret.lookSoon();
    if (problem.kind === "unavailable") return;
    const { clock, settings } = this.#parts;
    this.#listDeniedUntil = clock.monotonic() + settings.listDeniedMs;
    this.#choose();
    this.#listTimer = clock.setTimer(settings.listDeniedMs, () => this.#choose());
  }

  /** @param unseen secrets are taken out of it as the list shows them */
  #readList(unseen: Set<FollowedSecret>): Promise<ListPass> {
    const { api, clock, lifetime } = this.#parts;
    const reader: ListReader = {
      show: (listed, at) => {
        for (const id of [listed.name, listed.arn]) {
          const secret = this.#followed.get(id);
          if (secret === undefined) continue;
          unseen.delete(secret);
          secret.listed(listed, at);
        }
      },
      hasSeenAll: () => this.#stopped || unseen.size === 0,
    };
    return listPass(api, this.#scope, clock, reader, lifetime).catch((error: unknown) => ({
      pages: 0,
      problem: failureOf("ListSecrets", error).problem,
    }));
  }

  #describe(secretId: string): Promise<Answer<SecretSnapshot>> {
    const { api, lifetime } = this.#parts;
    return api.describeSecret(this.#scope, secretId, lifetime).catch((error: unknown) => {
      lifetime.throwIfAborted();
      return failureOf("DescribeSecret", error);
    });
  }

  /** Whether it is this secret's trouble or everybody's is found out by looking at another one. */
  #unanswered(secretId: string, problem: AwsProblem): void {
    const { health } = this.#shared;
    health.failed(secretId, problem, this.#followed.size);
    if (health.away !== undefined) return;
    for (const [id, secret] of this.#followed) {
      if (health.isFailing(id)) continue;
      secret.lookSoon();
      break;
    }
  }

  #announceAll(): void {
    for (const secret of this.#followed.values()) secret.announce();
  }
}
