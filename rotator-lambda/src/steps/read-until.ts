import type { Clock } from "../clock.ts";

/** How long a read may still show the state before a write. AWS gives no limit; lags of seconds were seen. */
export const READ_LAG_MS = 6_000;
const FIRST_PAUSE_MS = 100;

/** Reads until `seen` accepts the state, at most for `patienceMs`. Returns the last state. */
export async function readUntil<T>(
  clock: Clock,
  read: () => Promise<T>,
  seen: (state: T) => boolean,
  patienceMs = READ_LAG_MS,
): Promise<T> {
  const deadline = clock.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
    const state = await read();
    const left = deadline - clock.now();
    if (seen(state) || left <= 0) return state;
    await clock.sleep(Math.min(pause, left));
  }
}
