import { z } from "zod";

/** A list in an object of the API server, which says absent or null where it means empty. */
export function apiList<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}
