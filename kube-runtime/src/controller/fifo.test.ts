import fc from "fast-check";
import { expect, it } from "vitest";
import { Fifo } from "./fifo.ts";

it("gives out in the order in which it took in, as an array does", () => {
  const steps = fc.array(fc.constantFrom("push", "push", "shift"), { maxLength: 50 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3_000 }), (kinds, times) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      for (const kind of kinds) {
        for (let n = 0; n < times; n += 1) {
          if (kind === "push") fifo.push(model[model.push(n) - 1] ?? 0);
          else expect(fifo.shift()).toBe(model.shift());
        }
        expect(fifo.first).toBe(model[0]);
      }
    }),
    { numRuns: 30 },
  );
});

it("is empty when it is cleared", () => {
  const fifo = new Fifo<string>();
  fifo.push("a");
  fifo.clear();
  expect([fifo.first, fifo.shift()]).toEqual([undefined, undefined]);
});
