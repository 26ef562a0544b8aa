import type { Call } from "./call.ts";

/** Says which calls are meant; any predicate will do. */
export type CallMatch = (call: Call) => boolean;

/** Requests to the API server, by method and a part of their path (the query is left out of it); watches are not among them. */
export function calls(method: string, path: RegExp): CallMatch {
  return (call) => call.target === undefined && !call.watch && call.method === method && hasPath(call, path);
}

/** Watches at the API server, by a part of their path. */
export function watches(path: RegExp): CallMatch {
  return (call) => call.watch && hasPath(call, path);
}

/** Calls of AWS, by their operations, such as `RotateSecret`; of whatever secret. */
export function operations(...names: readonly string[]): CallMatch {
  return ({ target }) => target !== undefined && names.includes(target);
}

function hasPath({ path }: Call, pattern: RegExp): boolean {
  return pattern.test(path.split("?", 1)[0] ?? "");
}
