import type { Clock } from "./clock.ts";

/** Work was aborted because it took too long. `message` may be logged and shown. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";
  /** Read by the logger: the message holds no secret. */
  readonly disclosable = true;
  readonly reason = "DeadlineExceeded";

  /** @param what took too long, as in `the reconcile of shop/db` */
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
  }
}

/** A signal for one piece of work. Call `release` when the work has ended. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the whole time again from now. */
  renew(): void;
  /** Removes the timer and the parent's listener. */
  release(): void;
}

/**
 * A signal that aborts with the parent's reason, or with DeadlineExceeded after `ms`. AbortSignal.any and .timeout use
 * the machine's clock, and only the garbage collector frees them.
 */
export function deadline(clock: Clock, ms: number, what: string, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const start = () => clock.setTimer(ms, () => controller.abort(new DeadlineExceeded(what, ms)));
  let timer = start();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    renew: () => {
      timer.cancel();
      timer = start();
    },
    release: () => {
      timer.cancel();
      parent?.removeEventListener("abort", follow);
    },
  };
}

/** Resolves after `ms`. @throws the signal's reason as soon as it aborts */
export function delay(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = () => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
