import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareResourceVersions } from "../client/resource-version.ts";
import { silentLogger } from "../telemetry/logger.ts";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { FaultyCollection } from "../testing/faulty-collection.ts";
import { ManualClock } from "../time/manual-clock.ts";
import { Reflector } from "./reflector.ts";
import { Store } from "./store.ts";

/** Changes of the collection, and the seconds before the next one. */
const happenings = fc.array(
  fc.record({
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    exists: fc.boolean(),
    seconds: fc.nat({ max: 60 }),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Numbers by chance that a seed gives again. Marsaglia, Xorshift RNGs, 2003. */
function seeded(seed: number) {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe("under all faults of the API server, a reflector's store", () => {
  it("never goes back, and equals the server once the faults end", async () => {
    await fc.assert(
      fc.asyncProperty(happenings, fc.integer(), async (steps, seed) => {
        const clock = new ManualClock();
        const collection = new FaultyCollection(seeded(seed));
        const store = new Store({ transform: (raw) => raw, failed: () => {} });
        const newest = new Map<string, string>();
        const wentBack: string[] = [];
        const noted = ({
          metadata: { name, resourceVersion = "" },
        }: ReturnType<typeof store.list>[number]) => {
          if (compareResourceVersions(resourceVersion, newest.get(name)) <= 0) wentBack.push(name);
          newest.set(name, resourceVersion);
        };
        store.subscribe({ added: noted, updated: noted });
        const stop = new AbortController();
        const reflector = new Reflector({
          ...{ name: "things", path: "/things", store, client: collection, clock, random: seeded(seed + 1) },
          ...{ log: silentLogger, metrics: noMetrics.reflector("things"), pageSize: 2 },
        });
        const running = reflector.run(stop.signal);
        for (const { name, exists, seconds } of steps) {
          collection.change(name, exists);
          await clock.advance(seconds * 1_000);
          expect(reflector.stalled()).toBeUndefined();
        }
        collection.heal();
        // A silent watch is detected after 85 s, a refused request is repeated within 60 s.
        await clock.advance(200_000);
        expect(
          store
            .list()
            .map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`)
            .sort(),
        ).toEqual(collection.state());
        expect(wentBack).toEqual([]);
        stop.abort();
        await running;
        expect(clock.pendingTimers).toBe(0);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
