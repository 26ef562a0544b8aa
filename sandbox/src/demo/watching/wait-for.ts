import { pause } from "../../pause.ts";
import type { ClusterView } from "./cluster-view.ts";

const POLL_MS = 50;
/** Milliseconds that any wait of the demo may take. */
export const TIMEOUT_MS = 90_000;

/**
 * Asks again and again until `probe` returns a value. Failures of the probe count as no value.
 * @throws when aborted, and after 90 s with the state of the RotatedSecret
 */
export async function waitFor<T>(
  parts: { readonly cluster: ClusterView; readonly signal: AbortSignal },
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const { cluster, signal } = parts;
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const value = await attempt(probe);
    if (value !== undefined) return value;
    await pause(POLL_MS, signal);
  }
  throw cluster.tooLate(what, TIMEOUT_MS);
}

async function attempt<T>(probe: () => Promise<T | undefined> | T | undefined): Promise<T | undefined> {
  try {
    return await probe();
  } catch {
    return undefined;
  }
}
