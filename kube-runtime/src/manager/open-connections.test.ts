import { describe, expect, it } from "vitest";
import { OpenConnections } from "./open-connections.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";

function opened(most: number, ...connections: readonly (readonly [address: string, name: string])[]) {
  const open = new OpenConnections<string>(most);
  const ends = connections.map(([address, name]) => open.add(address, name));
  return { open, ends };
}

describe("open connections", () => {
  it("close nothing up to the limit", () => {
    expect(opened(2, [A, "a1"], [B, "b1"]).open.excess()).toBeUndefined();
  });

  it.each<[string, readonly (readonly [string, string])[], string]>([
    [
      "of one address, the oldest",
      [
        [A, "a1"],
        [A, "a2"],
        [A, "a3"],
      ],
      "a1",
    ],
    [
      "the oldest of the address that has the most",
      [
        [B, "b1"],
        [A, "a1"],
        [A, "a2"],
      ],
      "a1",
    ],
    [
      "of addresses with equal numbers, the one that came first",
      [
        [B, "b1"],
        [A, "a1"],
        ["10.0.0.3", "c1"],
      ],
      "b1",
    ],
  ])("above the limit close %s", (_, connections, closed) => {
    expect(opened(2, ...connections).open.excess()).toBe(closed);
  });

  it("count a connection that was closed no longer", () => {
    const { open, ends } = opened(1, [A, "a1"], [A, "a2"]);
    expect(open.excess()).toBe("a1");
    expect(open.excess()).toBeUndefined();
    ends[0]?.();
    expect(open.excess()).toBeUndefined();
    ends[1]?.();
    open.add(A, "a3");
    expect(open.excess()).toBeUndefined();
  });
});
