import fc from "fast-check";
import { describe, it } from "vitest";
import { inUse } from "./testing/at-rest.ts";
import { happen, rotatingHappening } from "./testing/happenings.ts";
import { holdToPromises } from "./testing/promises.ts";

const HISTORIES = Number(process.env["ROTATED_SECRETS_HISTORIES"] ?? 5_000);

describe("in every history of rotations, refused calls and other writers", () => {
  it("Current is proven, no rotation starts too early, and no reader loses a key that it needs", {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rotatingHappening, { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 2 }),
        fc.boolean(),
        async (happenings, operators, othersWait) => {
          const simulation = await inUse({ operators, othersWait });
          holdToPromises(simulation, { operators });
          await happen(simulation, happenings);
        },
      ),
      { numRuns: HISTORIES },
    );
  });
});
