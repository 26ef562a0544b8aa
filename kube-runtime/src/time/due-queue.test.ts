import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DueQueue } from "./due-queue.ts";

/** Takes all keys out, in their order. */
function drained<K>(queue: DueQueue<K>): K[] {
  const keys: K[] = [];
  for (let { first } = queue; first !== undefined; { first } = queue) {
    keys.push(first.key);
    queue.delete(first.key);
  }
  return keys;
}

describe("DueQueue", () => {
  it("gives the key that is due first", () => {
    const queue = new DueQueue<string>();
    for (const [key, due] of [
      ["c", 3],
      ["a", 1],
      ["b", 2],
    ] as const)
      queue.set(key, due);
    expect(queue.first).toMatchObject({ key: "a", due: 1 });
    expect(drained(queue)).toEqual(["a", "b", "c"]);
    expect(queue.first).toBeUndefined();
  });

  it("keeps the order in which keys were set where they are due at the same time", () => {
    const queue = new DueQueue<number>();
    const keys = Array.from({ length: 100 }, (_, i) => i);
    for (const key of keys) queue.set(key, 7);
    expect(drained(queue)).toEqual(keys);
  });

  it("moves a key that is set again, and forgets one that is deleted", () => {
    const queue = new DueQueue<string>();
    for (const key of ["a", "b", "c"]) queue.set(key, 1);
    queue.set("a", 9);
    queue.set("c", 0);
    expect([queue.delete("b"), queue.delete("b"), queue.dueOf("b"), queue.dueOf("a")]).toEqual([
      true,
      false,
      undefined,
      9,
    ]);
    expect(drained(queue)).toEqual(["c", "a"]);
  });

  it("is, after any changes, what sorting would give", () => {
    const key = fc.integer({ min: 0, max: 12 });
    const change = fc.record({ key, due: fc.option(fc.integer({ min: 0, max: 9 })) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const queue = new DueQueue<number>();
        const model = new Map<number, { readonly due: number; readonly order: number }>();
        for (const [order, { key, due }] of changes.entries()) {
          if (due === null) expect(queue.delete(key)).toBe(model.delete(key));
          else queue.set(key, due);
          if (due !== null) model.set(key, { due, order });
          expect(queue.size).toBe(model.size);
        }
        const sorted = [...model].sort(([, a], [, b]) => a.due - b.due || a.order - b.order);
        expect(drained(queue)).toEqual(sorted.map(([each]) => each));
      }),
    );
  });
});
