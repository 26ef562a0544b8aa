import { describe, expect, it } from "vitest";
import { cached, live } from "../ports/fact.ts";
import { decide, phases } from "./decide.ts";
import { PHASES } from "./step.ts";
import { createdTimes, dataOf, NOW, resource, secret, target, world } from "./testing/world.ts";

const requested = { "rotatedsecrets.dev/rotate": "now" };

describe("a decision", () => {
  it("goes through the phases in their order", () => {
    expect(phases.map(({ name }) => name)).toEqual([...PHASES]);
  });

  it("has reached every phase of a resource at rest, and waits for nothing", () => {
    const decision = decide(world(1));
    expect(decision).toMatchObject({ kind: "rest", waits: [] });
    expect([...decision.reached]).toEqual([...PHASES]);
  });

  it("has not reached the phases after a wait that stops it", () => {
    const suspended = decide(world(1, { resource: resource({ suspend: true }) }));
    expect(suspended).toMatchObject({ kind: "rest", waits: [{ phase: "suspension", reason: "Suspended" }] });
    expect([...suspended.reached]).toEqual(["deletion", "suspension"]);
  });

  it("carries the waits of earlier phases along with an action of a later one", () => {
    const drifted = target(1, { data: dataOf({ username: "mallory" }) });
    const refusals = [{ kind: "Secret", name: "db", why: "403 Forbidden" } as const];
    const pending = secret(1, {
      stages: new Map([
        ...secret(1).stages,
        [secret(2).stages.keys().next().value ?? never(), ["AWSPENDING"]],
      ]),
    });
    const decision = decide(
      world(1, { source: live({ secret: pending }, NOW), target: live(drifted, NOW), refusals }),
    );
    expect(decision).toMatchObject({
      kind: "act",
      action: { do: "record", change: { rotation: { trigger: "External" } } },
      waits: [
        { phase: "sync", reason: "WriteRefused" },
        { phase: "rotation", reason: "Rotating" },
      ],
    });
  });

  it("has not reached a phase that has an action to do", () => {
    const due = world(1, {
      resource: resource({}, world(1).resource.status, requested),
      source: live({ secret: secret(1) }, NOW),
      versionCreatedAt: { kind: "unknown" },
    });
    const decision = decide(due);
    expect(decision).toMatchObject({ kind: "act", action: { do: "refresh" } });
    expect(decision.reached.has("rollout")).toBe(true);
    expect(decision.reached.has("rotation")).toBe(false);
  });

  it("expects a change of the secret as long as a rotation is under way", () => {
    const startedAt = new Date(NOW - 1_000).toISOString();
    const rotation = {
      token: "x".repeat(36),
      trigger: "External",
      phase: "Rotating",
      startedAt,
      attempts: 0,
    } as const;
    const underway = resource({}, { ...world(1).resource.status, rotation });
    expect(decide(world(1, { resource: underway, versionCreatedAt: createdTimes(1) }))).toMatchObject({
      kind: "rest",
      changeExpectedUntil: NOW - 1_000 + 600_000,
    });
    expect(decide(world(1))).toMatchObject({ changeExpectedUntil: undefined });
  });

  it("ends for a resource that is being deleted, whatever else would be due", () => {
    const gone = resource();
    const deleted = {
      ...gone,
      metadata: { ...gone.metadata, deletionTimestamp: new Date(NOW).toISOString() },
    };
    expect(decide(world(2, { resource: deleted, target: cached({ kind: "absent" }) }))).toMatchObject({
      kind: "end",
    });
  });
});

function never(): never {
  throw new Error("there is a version");
}
