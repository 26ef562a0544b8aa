import { AwsError } from "../aws-error.ts";

/** The position of an item in a list: its sort key, and its ARN or id as a tie-breaker. */
export type Position = readonly [number | string, string];

/** One page of a list, and the token of the next page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
}

/**
 * The page after `token`. The token contains the position of the last item, not a number, so items that come and go
 * between two pages do not shift the next page.
 * @throws InvalidNextTokenException
 */
export function pageOf<Item>(
  all: readonly Item[],
  options: {
    readonly size: number;
    readonly token: string | undefined;
    readonly descending?: boolean | undefined;
    readonly position: (item: Item) => Position;
  },
): Page<Item> {
  const { size, token, position } = options;
  const compare = options.descending === true ? (a: Position, b: Position) => -order(a, b) : order;
  const after = token === undefined ? undefined : decode(token);
  const rest = all
    .filter((item) => after === undefined || compare(position(item), after) > 0)
    .sort((a, b) => compare(position(a), position(b)));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const more = rest.length > size && last !== undefined;
  return { items, nextToken: more ? encode(position(last)) : undefined };
}

function order(a: Position, b: Position): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

function encode(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode(token: string): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parsed) && (typeof parsed[0] === "number" || typeof parsed[0] === "string")) {
      return [parsed[0], String(parsed[1])];
    }
  } catch {
    // The token is not valid: the answer below is the same as for a list with another sort order.
  }
  // AWS: ListSecrets API reference, Errors; wording not confirmed by AWS.
  throw new AwsError("InvalidNextTokenException", "The NextToken value is invalid.");
}
