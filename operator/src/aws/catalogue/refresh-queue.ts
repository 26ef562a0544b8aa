import type { Clock, Timer } from "@rotated-secrets/kube-runtime/time/clock";
import { DueQueue } from "@rotated-secrets/kube-runtime/time/due-queue";

/** The parts of a queue. */
export interface RefreshQueueOptions<Task> {
  readonly clock: Clock;
  /** How many tasks that are not urgent run at the same time. */
  readonly slots: number;
  /** Does the task. Never throws or rejects. */
  readonly run: (task: Task) => Promise<void>;
}

/**
 * Runs tasks when they are due, by one timer for all of them. Urgent tasks start at their time; the others wait for a slot
 * as well, and the one that has been due for longest comes first. A task that runs is no longer in the queue.
 */
export class RefreshQueue<Task> {
  readonly #options: RefreshQueueOptions<Task>;
  readonly #urgent = new DueQueue<Task>();
  readonly #others = new DueQueue<Task>();
  #free: number;
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  #isStopped = false;

  constructor(options: RefreshQueueOptions<Task>) {
    this.#options = options;
    this.#free = options.slots;
  }

  /** Runs the task at `at`, by the monotonic clock, instead of when it was to run before. */
  set(task: Task, at: number, isUrgent: boolean): void {
    if (this.#isStopped) return;
    const [queue, other] = isUrgent ? [this.#urgent, this.#others] : [this.#others, this.#urgent];
    other.delete(task);
    queue.set(task, at);
    this.#wake();
  }

  /** Takes the task out of the queue. One that runs goes on. */
  delete(task: Task): void {
    this.#urgent.delete(task);
    this.#others.delete(task);
  }

  /** Starts nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.timer.cancel();
    this.#urgent.clear();
    this.#others.clear();
  }

  /** Sets the timer for the next start. A timer that is set for an earlier time stays, and finds nothing to do. */
  #wake(): void {
    const { clock } = this.#options;
    const urgentAt = this.#urgent.first?.due ?? Number.POSITIVE_INFINITY;
    const otherAt = (this.#free > 0 ? this.#others.first?.due : undefined) ?? Number.POSITIVE_INFINITY;
    const at = Math.min(urgentAt, otherAt);
    if (at === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timer.at <= at)) return;
    this.#timer?.timer.cancel();
    this.#timer = { at, timer: clock.setTimer(at - clock.monotonic(), () => this.#startDue()) };
  }

  #startDue(): void {
    this.#timer = undefined;
    const { clock, run } = this.#options;
    const now = clock.monotonic();
    for (let task = due(this.#urgent, now); task !== undefined; task = due(this.#urgent, now)) void run(task);
    while (this.#free > 0) {
      const task = due(this.#others, now);
      if (task === undefined) break;
      this.#free -= 1;
      void run(task).then(() => {
        this.#free += 1;
        this.#wake();
      });
    }
    this.#wake();
  }
}

/** Takes out the first task, if it is due. */
function due<Task>(queue: DueQueue<Task>, now: number): Task | undefined {
  const { first } = queue;
  if (first === undefined || first.due > now) return undefined;
  queue.delete(first.key);
  return first.key;
}
