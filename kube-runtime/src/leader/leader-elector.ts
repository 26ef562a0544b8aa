import { isDeepStrictEqual } from "node:util";
import { hasStatus } from "../client/api-error.ts";
import type { Runnable } from "../manager/runnable-group.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { deadline, delay } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import { type Lease, type LeaseLock, type LeaseRecord, microTime } from "./lease-lock.ts";

/** What an elector works with. */
export interface LeaderElectorOptions {
  readonly lock: Pick<LeaseLock, "name" | "read" | "write">;
  /** Who this process is; no other that lives may have the same. A process that comes back as the same goes on at once. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Told whether this process leads: at first that it does not. */
  readonly report: (leads: boolean) => void;
}

/** The lease was lost: the process has to end, for another may lead. `message` may be logged and shown. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  readonly reason = "LeaseLost";
}

/** Where an attempt has led. */
type Attempt =
  /** The lease is ours, renewed. */
  | { readonly kind: "held" }
  /** Somebody else holds it. */
  | { readonly kind: "theirs"; readonly holder: string };

/** For how long others leave the lease alone after its last renewal that they saw; client-go's default. */
const LEASE_DURATION_MS = 15_000;
/** A leader that could not renew for so long gives up, before others may take over; client-go's default. */
const RENEW_DEADLINE_MS = 10_000;
/** Between two attempts; client-go's default. */
const RETRY_PERIOD_MS = 2_000;
/** Those who wait for the lease spread their attempts by so much of the period; client-go's JitterFactor. */
const JITTER = 1.2;
/** How long giving the lease back may take; if it fails, others wait for its end. */
const RELEASE_MS = 2_000;

/**
 * Has at most one of several processes lead, by client-go's algorithm. Whether a holder is silent is judged by how long
 * this process has seen the lease unchanged, never by the times written in it, so clocks need not agree. It is a
 * courtesy that spares double work: two leaders are possible (a process that was frozen), and nothing may rest on it.
 */
export class LeaderElector implements Runnable {
  readonly name = "leader-election";
  readonly #options: LeaderElectorOptions;
  readonly #elected = Promise.withResolvers<void>();
  /** The lease as it was last seen, and since when, by `monotonic`, its record has been so. */
  #seen: { readonly lease: Lease; readonly since: number } | undefined;
  /** When the last attempt began that left the lease in our hands, by `monotonic`; undefined before the first. */
  #heldAt: number | undefined;
  #failures = 0;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    options.report(false);
  }

  /** Resolves once this process leads; never rejects. */
  get elected(): Promise<void> {
    return this.#elected.promise;
  }

  /** Waits for the lease and keeps it, until `signal` aborts; then gives it back. @throws LeaseLost */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#acquire(signal);
      this.#options.log.info("became leader", { lease: this.#options.lock.name });
      this.#options.report(true);
      this.#elected.resolve();
      await this.#keep(signal);
    } catch (error) {
      if (!signal.aborted || error instanceof LeaseLost) throw error;
    } finally {
      this.#options.report(false);
    }
    if (this.#heldAt !== undefined) await this.#release();
  }

  /** Resolves when the lease is ours. @throws the signal's reason */
  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, random, log, lock } = this.#options;
    let holder: string | undefined;
    while (true) {
      const attempt = await this.#attempt(signal).catch((error: unknown) => this.#failed(error, signal));
      if (attempt?.kind === "held") return;
      if (attempt !== undefined && attempt.holder !== holder) {
        holder = attempt.holder;
        log.info("standby: another process is the leader", { lease: lock.name, holder });
      }
      await delay(clock, RETRY_PERIOD_MS * (1 + random() * JITTER), signal);
    }
  }

  /** Never resolves. @throws LeaseLost, or the signal's reason */
  async #keep(signal: AbortSignal): Promise<never> {
    const { clock } = this.#options;
    while (true) {
      await delay(clock, RETRY_PERIOD_MS, signal);
      const left = (this.#heldAt ?? 0) + RENEW_DEADLINE_MS - clock.monotonic();
      const limit = deadline(clock, left, "renewing the lease", signal);
      try {
        await this.#renew(limit.signal);
      } catch (error) {
        if (error instanceof LeaseLost || signal.aborted) throw error;
        throw this.#lost(`it could not be renewed for ${RENEW_DEADLINE_MS / 1_000} s`, error);
      } finally {
        limit.release();
      }
    }
  }

  /** Resolves when the lease is renewed. @throws LeaseLost when it is another's, or the signal's reason */
  async #renew(signal: AbortSignal): Promise<void> {
    while (true) {
      const attempt = await this.#attempt(signal).catch((error: unknown) => this.#failed(error, signal));
      if (attempt?.kind === "held") return;
      if (attempt?.kind === "theirs") throw this.#lost(`${attempt.holder} has it now`);
      await delay(this.#options.clock, RETRY_PERIOD_MS, signal);
    }
  }

  /** One round: takes or renews the lease if it may. @throws as LeaseLock */
  async #attempt(signal: AbortSignal): Promise<Attempt> {
    const held = this.#heldAt !== undefined && this.#seen !== undefined;
    // The holder knows what it wrote last; only if that is not there any more it has to look.
    if (held && (await this.#take(this.#seen?.lease, signal).catch(unlessOvertaken)) !== undefined)
      return { kind: "held" };
    const lease = await this.#look(signal);
    const holder = lease?.spec?.holderIdentity ?? "";
    if (holder !== "" && holder !== this.#options.identity && !this.#isSilent())
      return { kind: "theirs", holder };
    await this.#take(lease, signal);
    return { kind: "held" };
  }

  async #look(signal: AbortSignal): Promise<Lease | undefined> {
    const lease = await this.#options.lock.read(signal);
    if (lease === undefined) this.#seen = undefined;
    else this.#note(lease);
    return lease;
  }

  #note(lease: Lease): void {
    const unchanged = this.#seen !== undefined && isDeepStrictEqual(this.#seen.lease.spec, lease.spec);
    const since = unchanged && this.#seen !== undefined ? this.#seen.since : this.#options.clock.monotonic();
    this.#seen = { lease, since };
  }

  /** Whether the lease has been seen unchanged for as long as its holder asks others to wait. */
  #isSilent(): boolean {
    if (this.#seen === undefined) return true;
    const { lease, since } = this.#seen;
    const heldMs = (lease.spec?.leaseDurationSeconds ?? 0) * 1_000;
    return this.#options.clock.monotonic() - since > heldMs;
  }

  async #take(lease: Lease | undefined, signal: AbortSignal): Promise<true> {
    const startedAt = this.#options.clock.monotonic();
    this.#note(await this.#options.lock.write(this.#record(lease?.spec), lease, signal));
    this.#heldAt = startedAt;
    this.#failures = 0;
    return true;
  }

  #record(before: LeaseRecord = {}): LeaseRecord {
    const { clock, identity } = this.#options;
    const now = microTime(clock.now());
    const { acquireTime = now, leaseTransitions = 0 } = before;
    const isOurs = before.holderIdentity === identity;
    return {
      holderIdentity: identity,
      leaseDurationSeconds: LEASE_DURATION_MS / 1_000,
      acquireTime: isOurs ? acquireTime : now,
      renewTime: now,
      leaseTransitions:
        isOurs || before.holderIdentity === undefined ? leaseTransitions : leaseTransitions + 1,
    };
  }

  /** An attempt that came to nothing is made again. @throws the signal's reason when that is why */
  #failed(error: unknown, signal: AbortSignal): undefined {
    signal.throwIfAborted();
    this.#failures += 1;
    const { log, lock } = this.#options;
    const fields = { lease: lock.name, error };
    // Every two seconds the same line would drown the others.
    if (this.#failures === 1) log.warn("the lease could not be read or written: again soon", fields);
    else log.debug("the lease could not be read or written: again soon", fields);
    return undefined;
  }

  #lost(why: string, cause?: unknown): LeaseLost {
    return new LeaseLost(`the lease ${this.#options.lock.name} is lost: ${why}`, { cause });
  }

  /** Lets another lead at once. Never rejects: if it fails, the lease ends by itself. */
  async #release(): Promise<void> {
    const { clock, lock, log } = this.#options;
    const limit = deadline(clock, RELEASE_MS, "giving the lease back");
    const record = { ...this.#record(this.#seen?.lease.spec), holderIdentity: "", leaseDurationSeconds: 1 };
    try {
      await lock.write(record, this.#seen?.lease, limit.signal);
      log.info("gave the lease back", { lease: lock.name });
    } catch (error) {
      log.warn("could not give the lease back: others wait until it ends", { lease: lock.name, error });
    } finally {
      limit.release();
    }
  }
}

/** Somebody else wrote the lease, or took it away. */
function unlessOvertaken(error: unknown): undefined {
  if (hasStatus(error, 409) || hasStatus(error, 404)) return undefined;
  throw error;
}
