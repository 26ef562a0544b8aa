import fc from "fast-check";
import { expect, it } from "vitest";
import { StoreIndex } from "./store-index.ts";

interface Item {
  readonly values: readonly string[];
}

const items = fc.array(fc.record({ values: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 }) }), {
  minLength: 1,
  maxLength: 8,
});

it("finds the same objects as a search through all of them, whatever goes in and out", () => {
  fc.assert(
    fc.property(items, fc.array(fc.nat({ max: 7 }), { maxLength: 30 }), (all, steps) => {
      const index = new StoreIndex<Item>(({ values }) => values);
      const model = new Set<Item>();
      for (const step of steps) {
        const item = all[step % all.length];
        if (item === undefined) continue;
        if (model.delete(item)) index.withdraw(item);
        else {
          model.add(item);
          index.insert(item);
        }
        for (const value of ["a", "b", "c", "d"]) {
          const expected = [...model].filter(({ values }) => values.includes(value));
          const found = index.get(value);
          expect(new Set(found)).toEqual(new Set(expected));
          expect(found).toHaveLength(expected.length);
        }
      }
    }),
  );
});

it("leaves out an object on which the function of the index throws", () => {
  const index = new StoreIndex<Item>(() => {
    throw new Error("no");
  });
  index.insert({ values: ["a"] });
  expect(index.get("a")).toEqual([]);
});
