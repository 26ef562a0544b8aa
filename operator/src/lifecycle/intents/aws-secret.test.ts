import { describe, expect, it } from "vitest";
import type { RotationStatus } from "../../api/rotated-secret.ts";
import type { RecordedRotation } from "../../ports/resources.ts";
import { NOW } from "../testing/world.ts";
import { TURN_MS } from "../timing.ts";
import { decideAwsSecret, turnOf } from "./aws-secret.ts";

function recorded(uid: string, msAgo: number, change: Partial<RotationStatus> = {}): RecordedRotation {
  const startedAt = new Date(NOW - msAgo).toISOString();
  const rotation: RotationStatus = {
    token: `token-${uid}`,
    trigger: "Request",
    phase: "Rotating",
    startedAt,
    attempts: 0,
    ...change,
  };
  return { uid, namespace: "payments", name: uid, rotation };
}

const refused = { attempts: 1, lastError: "RotateSecret: AccessDeniedException" };

describe("the turn of a RotatedSecret", () => {
  it.each<[string, readonly RecordedRotation[], string]>([
    ["is free where nothing is recorded", [], "free"],
    ["is free where only its own rotation is recorded", [recorded("a", 0)], "free"],
    ["is free for the one that recorded its rotation first", [recorded("b", 0), recorded("a", 1)], "free"],
    ["is taken by one that recorded its rotation before", [recorded("a", 0), recorded("b", 1)], "taken"],
    ["goes by UID where both recorded at the same time", [recorded("b", 0), recorded("a", 0)], "free"],
    ["is not held up by a rotation that AWS refused", [recorded("a", 0), recorded("b", 1, refused)], "free"],
    ["is not held up for longer than a turn lasts", [recorded("a", 0), recorded("b", TURN_MS)], "free"],
    [
      "is taken by one whose rotation is called again",
      [recorded("a", 0), recorded("b", 2 * TURN_MS, { lastAttemptAt: new Date(NOW - 1).toISOString() })],
      "taken",
    ],
  ])("%s", (_, all, kind) => {
    expect(turnOf({ now: NOW, recorded: all }, "a").kind).toBe(kind);
  });

  it("is taken until the other's turn ends", () => {
    const world = { now: NOW, recorded: [recorded("a", 0), recorded("b", 10_000)] };
    expect(turnOf(world, "a")).toEqual({ kind: "taken", until: NOW - 10_000 + TURN_MS });
  });
});

describe("the decision for an AWS secret", () => {
  const names = (all: readonly RecordedRotation[]) =>
    decideAwsSecret({ now: NOW, recorded: all }).wake.map(({ name }) => name);

  it("wakes the RotatedSecret whose turn it is, and no other", () => {
    expect(names([recorded("a", 0), recorded("b", 1)])).toEqual(["b"]);
  });

  it("wakes all of them if none has the turn", () => {
    expect(names([recorded("a", TURN_MS), recorded("b", 1, refused)])).toEqual(["a", "b"]);
  });
});
