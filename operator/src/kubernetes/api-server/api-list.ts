import { z } from "zod";

/** A list in an object of the API server. Absent and null mean empty. */
export function apiList<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}
