import { expect, it } from "vitest";
import { LabelValues } from "./label-values.ts";

it("lets so many values pass, and goes on to let those pass", () => {
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
