import { textTable } from "../text-table.ts";

/** A setting of the operator that demo and sandbox change. */
interface ChangedSetting {
  /** Name of the operator's flag, without dashes. */
  readonly name: string;
  readonly value: string;
  /** The value without the flag. */
  readonly default: string;
}

/** The operator checks AWS often here, so that a change shows within seconds. */
export const CHANGED_SETTINGS: readonly ChangedSetting[] = [
  { name: "list-every", value: "5s", default: "60s" },
  { name: "describe-every", value: "5s", default: "5m" },
  { name: "describe-unlisted-every", value: "5s", default: "60s" },
];

/** The changed settings, by name. */
export const SHORT_TIMES: Readonly<Record<string, string>> = Object.fromEntries(
  CHANGED_SETTINGS.map(({ name, value }) => [name, value]),
);

/** Says in one sentence which settings differ from the defaults. */
export function shortTimesNote(): string {
  const settings = CHANGED_SETTINGS.map((one) => `${one.name} ${one.value} (default ${one.default})`);
  return `the operator checks AWS more often than by default: ${settings.join(", ")}`;
}

/** The same as a table of flags. */
export function shortTimesTable(): readonly string[] {
  return textTable(CHANGED_SETTINGS.map((one) => [`--${one.name}`, one.value, `(default ${one.default})`]));
}
