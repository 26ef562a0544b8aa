import { describe, expect, it } from "vitest";
import { RestartBackoff } from "./restart-backoff.ts";

describe("RestartBackoff", () => {
  it.each([
    {
      runs: [5, 5, 5, 5, 5, 5],
      waits: [0, 10, 20, 40, 50, 50],
      why: "doubles up to the cap after an immediate first restart",
    },
    {
      runs: [5, 5, 100, 5, 5],
      waits: [0, 10, 0, 10, 20],
      why: "starts again from zero after a run of twice the cap",
    },
    { runs: [99, 99], waits: [0, 10], why: "is not reset by a shorter run" },
  ])("$why", ({ runs, waits }) => {
    const backoff = new RestartBackoff({ baseMs: 10, capMs: 50 });
    expect(runs.map((ranMs) => backoff.after(ranMs))).toEqual(waits);
  });
});
