import type { CatalogueSettings } from "./catalogue-settings.ts";
import type { ListPass } from "./list-pass.ts";

/** The knowledge of list passes in a scope. Times are by the monotonic clock, in ms. */
export interface Listing {
  /** A pass is made every `listEveryMs`. */
  readonly isOn: boolean;
  /** Passes show the secrets, so that these are described less often. */
  readonly isShowing: boolean;
  /** When passes last stopped showing the secrets. */
  readonly endedAt: number;
  /** Until then, no pass is tried, as the last one was denied. */
  readonly deniedUntil: number;
  /** Pages that the last complete pass read; undefined before the first. */
  readonly pages: number | undefined;
}

/** No list was read yet. */
export const NOT_LISTED: Listing = {
  isOn: false,
  isShowing: false,
  endedAt: Number.NEGATIVE_INFINITY,
  deniedUntil: Number.NEGATIVE_INFINITY,
  pages: undefined,
};

/** Whether a list pass reads this many secrets with fewer calls than a description of each. */
export function isWorthListing(
  { pages = 0, deniedUntil }: Listing,
  secrets: number,
  { describeUpTo }: CatalogueSettings,
  monotonic: number,
): boolean {
  return monotonic >= deniedUntil && secrets > Math.max(describeUpTo, pages);
}

/** Decides again between list passes and descriptions alone. Returns the same object where nothing changes. */
export function chooseListing(
  before: Listing,
  followed: number,
  settings: CatalogueSettings,
  monotonic: number,
): Listing {
  const isOn = isWorthListing(before, followed, settings, monotonic);
  if (isOn === before.isOn) return before;
  return isOn ? { ...before, isOn } : { ...ended(before, monotonic), isOn };
}

/** A list has shown a secret. Returns the same object where nothing changes. */
export function afterShown(before: Listing): Listing {
  return before.isShowing ? before : { ...before, isShowing: true };
}

/** After a list pass. A pass that was refused is not tried again for some time; one that was not answered, is. */
export function afterPass(
  before: Listing,
  { pages, problem }: ListPass,
  { listDeniedMs }: CatalogueSettings,
  monotonic: number,
): Listing {
  if (problem === undefined) return { ...afterShown(before), pages };
  if (problem.kind === "unavailable") return before;
  return { ...ended(before, monotonic), deniedUntil: monotonic + listDeniedMs };
}

function ended(before: Listing, monotonic: number): Listing {
  return before.isShowing ? { ...before, isShowing: false, endedAt: monotonic } : before;
}
