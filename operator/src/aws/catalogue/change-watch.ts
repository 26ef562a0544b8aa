import type { VersionId } from "@rotated-secrets/contract/version-id";
import type { Clock, Timer } from "@rotated-secrets/kube-runtime/time/clock";
import type { Instant } from "../../ports/fact.ts";
import type { CatalogueSettings } from "./catalogue-settings.ts";

const GROWTH = 1.5;

/** Looks at one secret closely until its AWSCURRENT is no longer the one that it was, or time is up. */
export class ChangeWatch {
  readonly #clock: Clock;
  readonly #settings: CatalogueSettings;
  readonly #look: () => Promise<unknown>;
  /** The AWSCURRENT that is to change; undefined until a read at the source has shown one. */
  #from: VersionId | undefined;
  #until: Instant = Number.NEGATIVE_INFINITY;
  /** Set as long as it watches. */
  #timer: Timer | undefined;

  /** @param look asks AWS; what it finds is told by `saw`. Never rejects. */
  constructor(clock: Clock, settings: CatalogueSettings, look: () => Promise<unknown>) {
    this.#clock = clock;
    this.#settings = settings;
    this.#look = look;
  }

  /** Watches until `until`; one that watches already goes on in its rhythm, for longer if need be. */
  start(from: VersionId | undefined, until: Instant): void {
    this.#until = Math.max(this.#until, until);
    if (this.#timer !== undefined || this.#clock.now() >= this.#until) return;
    this.#from = from;
    this.#wait(this.#settings.expectFirstMs);
  }

  /** A read at the source showed this AWSCURRENT. */
  saw(current: VersionId | undefined): void {
    if (this.#timer === undefined) return;
    this.#from ??= current;
    if (current !== this.#from) this.stop();
  }

  stop(): void {
    this.#until = Number.NEGATIVE_INFINITY;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.setTimer(ms, () => void this.#go(ms));
  }

  async #go(waitedMs: number): Promise<void> {
    const timer = this.#timer;
    await this.#look();
    // Stopped meanwhile, and perhaps started anew.
    if (timer === undefined || this.#timer !== timer) return;
    if (this.#clock.now() >= this.#until) this.stop();
    else this.#wait(Math.min(this.#settings.expectLastMs, waitedMs * GROWTH));
  }
}
