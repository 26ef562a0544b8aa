/** How often the catalogue asks AWS. All times in ms. */
export interface CatalogueSettings {
  /** Between list passes. @default 60_000 */
  readonly listEveryMs: number;
  /** Between two DescribeSecret of a secret that the lists show. @default 300_000 */
  readonly describeEveryMs: number;
  /** Between two DescribeSecret of a secret where there are no list passes, or they do not show it. @default 60_000 */
  readonly describeUnlistedEveryMs: number;
  /**
   * So many secrets are described one by one, however few pages a list has: the pages are known only after a list, and
   * a description is never minutes old. @default 10
   */
  readonly describeUpTo: number;
  /** How long lists are not tried again after they were denied. @default 600_000 */
  readonly listDeniedMs: number;
  /** How long new secrets are collected before it is decided how to read them; at most 10 times as long. @default 50 */
  readonly burstMs: number;
  /** While a change is expected: the first wait, growing by half each time up to the last one. @default 1_000 */
  readonly expectFirstMs: number;
  /** @default 15_000 */
  readonly expectLastMs: number;
}

/** How fresh things are where nobody says otherwise: a minute for what the lists show, five for what only a description does. */
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
