/** How often a condition is looked at. */
const POLL_MS = 100;

/**
 * Waits for a condition, never for a time: resolves with the first value of `probe` that is not undefined. Errors of the
 * probe count as "not yet". @throws after `timeoutMs`, with what was waited for and the last error
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const value = await probe();
      if (value !== undefined) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  } while (Date.now() < deadline);
  throw new Error(`not within ${timeoutMs / 1_000} s: ${what}`, { cause: last });
}
