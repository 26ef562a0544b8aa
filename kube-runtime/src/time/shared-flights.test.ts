import { beforeEach, describe, expect, it } from "vitest";
import { SharedFlights } from "./shared-flights.ts";

let flights: SharedFlights<number>;
/** The work that was started, in order; each ends when the test says so. */
let started: PromiseWithResolvers<number>[];

beforeEach(() => {
  flights = new SharedFlights();
  started = [];
});

function work(): Promise<number> {
  const piece = Promise.withResolvers<number>();
  started.push(piece);
  return piece.promise;
}

describe("join", () => {
  it("shares the work that runs, and starts it again when it has ended", async () => {
    const results = [flights.join("a", work), flights.join("a", work)];
    started[0]?.resolve(1);
    expect(await Promise.all(results)).toEqual([1, 1]);
    const later = flights.join("a", work);
    started[1]?.resolve(2);
    expect([await later, started.length]).toEqual([2, 2]);
  });

  it("keeps keys apart", () => {
    void flights.join("a", work);
    void flights.join("b", work);
    expect(started).toHaveLength(2);
  });

  it("hands a failure to all that wait, and starts again after it", async () => {
    const results = Promise.allSettled([flights.join("a", work), flights.join("a", work)]);
    started[0]?.reject(new Error("failed"));
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    void flights.join("a", work);
    expect(started).toHaveLength(2);
  });
});

describe("joinNext", () => {
  it("starts at once when nothing runs", async () => {
    const result = flights.joinNext("a", work);
    started[0]?.resolve(1);
    expect(await result).toBe(1);
  });

  it.each(["ends", "fails"])("starts one piece for all callers once the running one %s", async (how) => {
    const running = Promise.allSettled([flights.join("a", work)]);
    const results = [flights.joinNext("a", work), flights.joinNext("a", work)];
    expect(started).toHaveLength(1);
    if (how === "ends") started[0]?.resolve(1);
    else started[0]?.reject(new Error("failed"));
    await running;
    await Promise.resolve();
    expect(started).toHaveLength(2);
    started[1]?.resolve(2);
    expect(await Promise.all(results)).toEqual([2, 2]);
  });

  it("takes work that another caller started in between", async () => {
    const running = flights.join("a", work);
    const next = flights.joinNext("a", work);
    const third = next.then(() => flights.joinNext("a", work));
    started[0]?.resolve(1);
    await running;
    const other = flights.join("a", work);
    await Promise.resolve();
    expect(started).toHaveLength(2);
    started[1]?.resolve(2);
    expect([await next, await other]).toEqual([2, 2]);
    await Promise.resolve();
    started[2]?.resolve(3);
    expect(await third).toBe(3);
  });
});
