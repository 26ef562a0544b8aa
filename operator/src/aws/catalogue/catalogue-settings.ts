/** How often the catalogue reads at AWS. All times are in ms. */
export interface CatalogueSettings {
  /** Between list passes. @default 60_000 */
  readonly listEveryMs: number;
  /** Between two calls of DescribeSecret for a secret that the lists show. @default 300_000 */
  readonly describeEveryMs: number;
  /** The same for a secret that no list shows. @default 60_000 */
  readonly describeUnlistedEveryMs: number;
  /**
   * Up to this number of secrets, there are no list passes: the number of pages is known only after a pass, and a list may
   * be minutes old, which a description never is. @default 10
   */
  readonly describeUpTo: number;
  /** After a denied list, until lists are tried again. @default 600_000 */
  readonly listDeniedMs: number;
  /** The pause between new secrets that ends a burst. A burst ends at the latest after 10 times this. @default 50 */
  readonly burstMs: number;
  /** While a change is expected: the first wait. Each wait is 1.5 times longer, up to `expectLastMs`. @default 1_000 */
  readonly expectFirstMs: number;
  /** @default 15_000 */
  readonly expectLastMs: number;
}

/** The defaults: facts that lists show are at most about one minute old, all other facts about five minutes. */
export const DEFAULT_CATALOGUE_SETTINGS: CatalogueSettings = {
  listEveryMs: 60_000,
  describeEveryMs: 300_000,
  describeUnlistedEveryMs: 60_000,
  describeUpTo: 10,
  listDeniedMs: 600_000,
  burstMs: 50,
  expectFirstMs: 1_000,
  expectLastMs: 15_000,
};
