import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonLines } from "./json-lines.ts";

async function read(...chunks: Uint8Array[]): Promise<unknown[]> {
  async function* stream() {
    yield* chunks;
  }
  const values: unknown[] = [];
  for await (const value of jsonLines(stream())) values.push(value);
  return values;
}

it("reads the same values however the stream is cut", async () => {
  const cuts = fc.array(fc.nat({ max: 400 }));
  const values = fc.array(fc.jsonValue(), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(values, cuts, async (expected, places) => {
      const bytes = Buffer.from(expected.map((value) => `${JSON.stringify(value)}\n`).join(""));
      const edges = [
        0,
        ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b),
        bytes.length,
      ];
      const chunks = edges.slice(1).map((edge, n) => bytes.subarray(edges[n], edge));
      expect(await read(...chunks)).toEqual(JSON.parse(JSON.stringify(expected)));
    }),
    { numRuns: 50 },
  );
});

it("drops a last line that was cut off, and empty lines", async () => {
  expect(await read(Buffer.from('1\n\n{"a":'))).toEqual([1]);
});

it("throws at a line that is not JSON", async () => {
  await expect(read(Buffer.from("<html>\n"))).rejects.toThrow(SyntaxError);
});

it("throws at a line that does not end", async () => {
  const large = Buffer.alloc(17 * 1024 * 1024, 0x20);
  await expect(read(large, large)).rejects.toThrow("longer than");
});
