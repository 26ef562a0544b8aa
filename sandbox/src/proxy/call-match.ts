import type { Call } from "./call.ts";

/** Selects calls. Any predicate can be used. */
export type CallMatch = (call: Call) => boolean;

/** Matches requests to the API server, by method and a part of their path (without the query). Watches never match. */
export function calls(method: string, path: RegExp): CallMatch {
  return (call) => call.target === undefined && !call.watch && call.method === method && hasPath(call, path);
}

/** Matches watches at the API server, by a part of their path. */
export function watches(path: RegExp): CallMatch {
  return (call) => call.watch && hasPath(call, path);
}

/** Matches calls of AWS, by operation, such as `RotateSecret`, and for any secret. */
export function operations(...names: readonly string[]): CallMatch {
  return ({ target }) => target !== undefined && names.includes(target);
}

function hasPath({ path }: Call, pattern: RegExp): boolean {
  return pattern.test(path.split("?", 1)[0] ?? "");
}
