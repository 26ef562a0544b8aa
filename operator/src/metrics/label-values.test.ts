import { expect, it } from "vitest";
import { LabelValues } from "./label-values.ts";

it("passes the first values, also later, and replaces all others", () => {
  const values = new LabelValues(2);
  expect(["a", "b", "c", "a", "d", "b"].map((value) => values.of(value))).toEqual([
    "a",
    "b",
    "other",
    "a",
    "other",
    "b",
  ]);
});
