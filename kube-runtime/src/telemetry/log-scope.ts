import { AsyncLocalStorage } from "node:async_hooks";

type Fields = Readonly<Record<string, unknown>>;

const scopes = new AsyncLocalStorage<Fields>();

/**
 * Runs `work`, and adds the fields to each line that jsonLogger writes meanwhile, by whichever part: so that all lines
 * of one reconcile can be found. Work that is started here and left running, timers included, keeps the fields.
 */
export function withLogFields<T>(fields: Fields, work: () => T): T {
  return scopes.run({ ...scopes.getStore(), ...fields }, work);
}

/** The fields that `withLogFields` adds here. */
export function scopedLogFields(): Fields {
  return scopes.getStore() ?? {};
}
