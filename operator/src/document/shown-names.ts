/** The most names in a message, which is shown in a condition. */
const MAX_NAMED = 5;
/** The most characters of a name in a message. */
const MAX_SHOWN = 63;

/** Names for a message: the first five, in quotes. */
export function shownNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map(shownName).join(", ");
  return names.length > MAX_NAMED ? `${shown} and ${names.length - MAX_NAMED} more` : shown;
}

/** A name for a message, in quotes. */
export function shownName(name: string): string {
  return JSON.stringify(name.slice(0, MAX_SHOWN));
}
