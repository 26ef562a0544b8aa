import { isDeepStrictEqual } from "node:util";
import { hasStatus } from "../client/api-error.ts";
import type { Runnable } from "../manager/runnable-group.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Clock } from "../time/clock.ts";
import { deadline, delay } from "../time/deadline.ts";
import type { Random } from "../time/random.ts";
import { type Lease, type LeaseLock, type LeaseRecord, microTime } from "./lease-lock.ts";

/** Options of a LeaderElector. */
export interface LeaderElectorOptions {
  readonly lock: Pick<LeaseLock, "name" | "read" | "write">;
  /** Identity of this process, unique among running ones. A process that restarts with the same one keeps the lease. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Receives whether this process is the leader; `false` at first. */
  readonly report: (leads: boolean) => void;
}

/** The lease was lost: this process has to end, as another may become the leader. `message` may be logged and shown. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  readonly reason = "LeaseLost";
}

/** Result of an attempt. */
type Attempt =
  /** This process holds the lease and has renewed it. */
  | { readonly kind: "held" }
  /** Another process holds it. */
  | { readonly kind: "theirs"; readonly holder: string };

/** How long others wait after the last renewal that they saw. client-go's default. */
const LEASE_DURATION_MS = 15_000;
/** A leader that cannot renew for this time gives up, before others may take over. client-go's default. */
const RENEW_DEADLINE_MS = 10_000;
/** Time between two attempts. client-go's default. */
const RETRY_PERIOD_MS = 2_000;
/** A standby adds a random part of the period, up to this factor. client-go's JitterFactor. */
const JITTER = 1.2;
/** How long the release of the lease may take. If it fails, others wait until the lease expires. */
const RELEASE_MS = 2_000;

/**
 * Elects one leader among several processes, with client-go's algorithm. A lease has expired when this process has seen
 * it unchanged for its duration. The times in the lease do not count, so clocks need not agree.
 *
 * The election avoids duplicate work; correctness must not depend on it: a process that was suspended can believe for a
 * moment that it is still the leader while another one is.
 */
export class LeaderElector implements Runnable {
  readonly name = "leader-election";
  readonly #options: LeaderElectorOptions;
  readonly #elected = Promise.withResolvers<void>();
  /** The lease as it was last read, and since when it has not changed, by `monotonic`. */
  #seen: { readonly lease: Lease; readonly since: number } | undefined;
  /** When the last successful attempt began, by `monotonic`; undefined before the first. */
  #heldAt: number | undefined;
  #failures = 0;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    options.report(false);
  }

  /** Resolves when this process becomes the leader. Never rejects. */
  get elected(): Promise<void> {
    return this.#elected.promise;
  }

  /** Waits for the lease and keeps it until `signal` aborts, then releases it. @throws LeaseLost */
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

  /** Resolves when this process holds the lease. @throws the signal's reason */
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

  /** Resolves when the lease is renewed. @throws LeaseLost if another process holds it, or the signal's reason */
  async #renew(signal: AbortSignal): Promise<void> {
    while (true) {
      const attempt = await this.#attempt(signal).catch((error: unknown) => this.#failed(error, signal));
      if (attempt?.kind === "held") return;
      if (attempt?.kind === "theirs") throw this.#lost(`${attempt.holder} holds it now`);
      await delay(this.#options.clock, RETRY_PERIOD_MS, signal);
    }
  }

  /** Takes or renews the lease if that is allowed. @throws as LeaseLock */
  async #attempt(signal: AbortSignal): Promise<Attempt> {
    const held = this.#heldAt !== undefined && this.#seen !== undefined;
    // The holder writes over the state that it wrote last, and reads the lease only if that has changed.
    if (held && (await this.#take(this.#seen?.lease, signal).catch(unlessOvertaken)) !== undefined)
      return { kind: "held" };
    const lease = await this.#read(signal);
    const holder = lease?.spec?.holderIdentity ?? "";
    if (holder !== "" && holder !== this.#options.identity && !this.#hasExpired())
      return { kind: "theirs", holder };
    await this.#take(lease, signal);
    return { kind: "held" };
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
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

  /** Whether the lease has not changed for its duration. */
  #hasExpired(): boolean {
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

  /** Logs an attempt that failed; it is repeated. @throws the signal's reason if that was the cause */
  #failed(error: unknown, signal: AbortSignal): undefined {
    signal.throwIfAborted();
    this.#failures += 1;
    const { log, lock } = this.#options;
    const fields = { lease: lock.name, error };
    // The same warning every two seconds would hide other lines.
    if (this.#failures === 1) log.warn("the lease could not be read or written: trying again", fields);
    else log.debug("the lease could not be read or written: trying again", fields);
    return undefined;
  }

  #lost(why: string, cause?: unknown): LeaseLost {
    return new LeaseLost(`the lease ${this.#options.lock.name} is lost: ${why}`, { cause });
  }

  /** Lets another process become the leader at once. Never rejects: if it fails, the lease expires. */
  async #release(): Promise<void> {
    const { clock, lock, log } = this.#options;
    const limit = deadline(clock, RELEASE_MS, "the release of the lease");
    const record = { ...this.#record(this.#seen?.lease.spec), holderIdentity: "", leaseDurationSeconds: 1 };
    try {
      await lock.write(record, this.#seen?.lease, limit.signal);
      log.info("released the lease", { lease: lock.name });
    } catch (error) {
      log.warn("could not release the lease: others wait until it expires", { lease: lock.name, error });
    } finally {
      limit.release();
    }
  }
}

/** Somebody else has written or deleted the lease. */
function unlessOvertaken(error: unknown): undefined {
  if (hasStatus(error, 409) || hasStatus(error, 404)) return undefined;
  throw error;
}
