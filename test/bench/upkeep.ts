import { type Cost, total } from "./figures.ts";

/** Whether an operator at rest makes requests of this kind too: watches, its lease, tokens. */
export function isUpkeepKind(kind: string): boolean {
  return /^watch |[/]leases$|[/]serviceaccounts[/]token$/.test(kind);
}

/** The number of requests to the API server in a phase, without upkeep. */
export function workRequests({ apiRequests }: Cost): number {
  return total(Object.fromEntries(Object.entries(apiRequests).filter(([kind]) => !isUpkeepKind(kind))));
}
