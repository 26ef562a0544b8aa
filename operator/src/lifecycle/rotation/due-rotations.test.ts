import { maxAgeToken, scheduleToken } from "@rotated-secrets/contract/rotation-token";
import { SecretValue } from "@rotated-secrets/contract/secret-value";
import { describe, expect, it } from "vitest";
import type {
  PastRotation,
  RotatedSecretSpec,
  RotatedSecretStatus,
  RotationStatus,
} from "../../api/rotated-secret.ts";
import { cached, live } from "../../ports/fact.ts";
import { statusOf } from "../report/status.ts";
import {
  ARN,
  createdTimes,
  decided,
  documentOf,
  LONG_AGO,
  NOW,
  resource,
  secret,
  stepOf,
  version,
  world,
} from "../testing/world.ts";
import type { World } from "../world.ts";
import { rotation } from "./rotation.ts";
import { outcomeOf } from "./rotation-outcome.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const settled = { versionId: version(1), writtenAt: new Date(LONG_AGO).toISOString() };
const seen = { source: live({ secret: secret(1) }, NOW), versionCreatedAt: createdTimes(1) };
const iso = (time: number) => new Date(time).toISOString();

type Rotation = NonNullable<RotatedSecretSpec["rotation"]>;
const manual: Rotation = { trigger: "Manual" };
const daily: Rotation = { trigger: "Schedule", schedule: { cron: "0 3 * * *" } };

/** The current version is `age` old. */
function aged(
  age: number,
  rotationSpec: Rotation,
  status: Partial<RotatedSecretStatus> = {},
  change: Partial<World> & { readonly windows?: RotatedSecretSpec["windows"] } = {},
): World {
  const { windows, ...rest } = change;
  const spec = { rotation: rotationSpec, ...(windows === undefined ? {} : { windows }) };
  const value = { versionId: version(1), createdAt: NOW - age, value: new SecretValue(documentOf(1)) };
  return world(1, {
    resource: resource(spec, { secretArn: ARN, settled, ...status }),
    value: cached({ kind: "value", ...value } as const),
    ...seen,
    ...rest,
  });
}

function failed(token: string, hoursAgo: number): PastRotation {
  const at = iso(NOW - hoursAgo * HOUR);
  return { token, trigger: "MaxAge", startedAt: at, finishedAt: at, result: "Failed" };
}

describe("a current version that has reached maxAge", () => {
  const token = maxAgeToken(ARN, version(1));

  it.each([
    ["with trigger Manual", { ...manual, maxAge: "90d" }],
    ["before its schedule comes", { trigger: "Schedule", schedule: { every: "200d" }, maxAge: "90d" }],
  ] as const)("is rotated %s, by a token of the version", (_, spec) => {
    expect(stepOf(rotation, aged(90 * DAY, spec))).toMatchObject({
      do: "record",
      change: { rotation: { token, trigger: "MaxAge" } },
      notes: [{ reason: "RotationTriggered", message: expect.stringContaining("spec.rotation.maxAge") }],
    });
    expect(stepOf(rotation, aged(90 * DAY - 1, spec))).toBeUndefined();
  });

  it("is rotated by the schedule's token, where that is due too", () => {
    expect(stepOf(rotation, aged(90 * DAY, { ...daily, maxAge: "90d" }))).toMatchObject({
      change: { rotation: { trigger: "Schedule", token: scheduleToken(ARN, "2026-11-20T03:00:00Z") } },
    });
  });

  it("is not rotated again after people have taken the new version back", () => {
    const known = live(new Map([[token, LONG_AGO]]), NOW);
    const stages = new Map([
      [version(1), ["AWSCURRENT"]],
      [token, ["AWSPREVIOUS"]],
    ]);
    const source = live({ secret: secret(1, { stages }) }, NOW);
    expect(
      stepOf(rotation, aged(90 * DAY, { ...manual, maxAge: "90d" }, {}, { versionCreatedAt: known, source })),
    ).toBeUndefined();
  });

  it.each([
    ["by the next token, where AWS has the first and left it", LONG_AGO, 1],
    ["not by the next token, where AWS has made the first just now", NOW - 1, undefined],
  ])("is rotated %s", (_, madeAt, attempt) => {
    const known = live(new Map([[token, madeAt]]), NOW);
    const step = stepOf(
      rotation,
      aged(90 * DAY, { ...manual, maxAge: "90d" }, {}, { versionCreatedAt: known }),
    );
    if (attempt === undefined) expect(step).toBeUndefined();
    else
      expect(step).toMatchObject({ change: { rotation: { token: maxAgeToken(ARN, version(1), attempt) } } });
  });

  it("is rotated although the schedule's last tick was in vain", () => {
    const tick = scheduleToken(ARN, "2026-11-20T03:00:00Z");
    const known = live(new Map([[tick, LONG_AGO]]), NOW);
    expect(
      stepOf(rotation, aged(90 * DAY, { ...daily, maxAge: "90d" }, {}, { versionCreatedAt: known })),
    ).toMatchObject({
      change: { rotation: { trigger: "MaxAge", token } },
    });
  });

  it("is tried again after a failure, by the next token", () => {
    const history = [failed(token, 1)];
    expect(stepOf(rotation, aged(90 * DAY, { ...manual, maxAge: "90d" }, { history }))).toMatchObject({
      change: { rotation: { token: maxAgeToken(ARN, version(1), 1) } },
    });
  });

  it("is not waited for any more by a call that AWS refused, once the version is younger or maxAge gone", () => {
    const underway: RotationStatus = {
      token,
      trigger: "MaxAge",
      phase: "Rotating",
      startedAt: iso(NOW - HOUR),
      attempts: 1,
      lastAttemptAt: iso(NOW - HOUR),
      lastError: "RotateSecret: AccessDeniedException",
    };
    const outcome = (age: number, spec: Rotation) =>
      outcomeOf(aged(age, spec, { rotation: underway }), underway);
    expect(outcome(90 * DAY, { ...manual, maxAge: "90d" })).toBeUndefined();
    expect(outcome(DAY, { ...manual, maxAge: "90d" })).toBe("Vanished");
    expect(outcome(90 * DAY, manual)).toBe("Vanished");
  });
});

describe("after rotations that failed", () => {
  const asked = { "rotatedsecrets.dev/rotate": "now" };
  const inARow = (count: number, hoursAgo: number) =>
    Array.from({ length: count }, (_, i) => failed(version(50 + i), hoursAgo + i));
  const due = (history: readonly PastRotation[]) => aged(20 * HOUR, daily, { history: [...history] });

  it.each([
    [1, 1],
    [2, 2],
    [3, 4],
    [6, 32],
    [10, 32],
  ])("%d in a row, the schedule waits %d hours", (count, hours) => {
    expect(stepOf(rotation, due(inARow(count, hours - 0.01)))).toMatchObject({
      do: "wait",
      reason: "RotationBackOff",
      endedBy: "person",
      alarm: "warn",
    });
    expect(stepOf(rotation, due(inARow(count, hours)))).toMatchObject({ do: "record" });
  });

  it("counts from the last one that succeeded", () => {
    const [last, before] = inARow(2, 1.5);
    if (last === undefined || before === undefined) throw new Error("the fixture has two");
    expect(stepOf(rotation, due([last, { ...before, result: "Succeeded" }]))).toMatchObject({
      do: "record",
    });
  });

  it("says how to rotate at once, which does not wait", () => {
    const waiting = due(inARow(1, 0.5));
    expect(stepOf(rotation, waiting)).toMatchObject({
      message: expect.stringContaining(
        "kubectl annotate rsec db -n payments --overwrite rotatedsecrets.dev/rotate=",
      ),
    });
    const { metadata } = waiting.resource;
    const requested = { ...waiting.resource, metadata: { ...metadata, annotations: asked } };
    expect(stepOf(rotation, { ...waiting, resource: requested })).toMatchObject({ do: "record" });
  });
});

describe("outside of the windows", () => {
  const windows = [{ kind: "Allow", cron: "0 22 * * *", duration: "2h" }] as const;
  const opens = "2026-11-20T22:00:00Z";
  const waits = { do: "wait", reason: "WaitingForWindow", until: Date.parse(opens) };

  it.each<[string, World, string]>([
    ["by the schedule", aged(20 * HOUR, daily, {}, { windows }), "due at 2026-11-20T03:00:00.000Z"],
    ["by the version's age", aged(90 * DAY, { ...manual, maxAge: "90d" }, {}, { windows }), "maxAge"],
  ])("no rotation begins %s, and it is said until when", (_, held, why) => {
    expect(stepOf(rotation, held)).toMatchObject({ ...waits, message: expect.stringContaining(why) });
    expect(statusOf(held, decided()).nextRotation).toBe(opens);
    expect(stepOf(rotation, { ...held, now: Date.parse(opens) })).toMatchObject({ do: "record" });
  });

  it("a request waits too", () => {
    const held = aged(HOUR, manual, {}, { windows });
    const metadata = { ...held.resource.metadata, annotations: { "rotatedsecrets.dev/rotate": "now" } };
    expect(stepOf(rotation, { ...held, resource: { ...held.resource, metadata } })).toMatchObject(waits);
  });

  it("AWS is not asked before the window opens", () => {
    const unknown = { source: cached({ secret: secret(1) }), versionCreatedAt: { kind: "unknown" } } as const;
    expect(stepOf(rotation, aged(20 * HOUR, daily, {}, { windows, ...unknown }))).toMatchObject(waits);
  });

  it("a call that AWS refused is not repeated", () => {
    const underway: RotationStatus = {
      token: scheduleToken(ARN, "2026-11-20T03:00:00Z"),
      trigger: "Schedule",
      tick: "2026-11-20T03:00:00Z",
      phase: "Rotating",
      startedAt: iso(NOW - HOUR),
      attempts: 1,
      lastAttemptAt: iso(NOW - HOUR),
      lastError: "RotateSecret: AccessDeniedException",
    };
    const held = aged(20 * HOUR, daily, { rotation: underway }, { windows });
    expect(stepOf(rotation, held)).toMatchObject(waits);
    expect(stepOf(rotation, { ...held, now: Date.parse(opens) })).toMatchObject({ do: "record" });
  });
});

describe("the next rotation, as it is shown,", () => {
  const windows = [{ kind: "Deny", cron: "0 0 * * SAT", duration: "2d" }] as const;
  const weekly: Rotation = { trigger: "Schedule", schedule: { cron: "0 3 * * SAT" } };

  it.each<[string, World, string]>([
    ["is the schedule's", aged(HOUR, weekly), "2026-11-21T03:00:00Z"],
    [
      "is the end of the window that denies the schedule's",
      aged(HOUR, weekly, {}, { windows }),
      "2026-11-23T00:00:00Z",
    ],
    ["is when the version reaches its age", aged(HOUR, { ...manual, maxAge: "1d" }), "2026-11-21T11:00:00Z"],
    ["is a word with trigger Manual", aged(HOUR, manual), "on request"],
    [
      "says that windows permit none",
      aged(HOUR, weekly, {}, { windows: [{ kind: "Deny", cron: "* * * * *", duration: "5m" }] }),
      "not permitted",
    ],
    [
      "is the end of the wait after failures",
      aged(20 * HOUR, daily, { history: [failed(version(50), 0.5)] }),
      "2026-11-20T12:30:00Z",
    ],
    [
      "is the end of that wait, where the schedule's next comes before",
      aged(
        0.5 * HOUR,
        { trigger: "Schedule", schedule: { every: "1h" } },
        { history: [failed(version(50), 0.25)] },
      ),
      "2026-11-20T12:45:00Z",
    ],
    [
      "is the schedule's next, where the last has failed",
      aged(20 * HOUR, daily, { history: [failed(scheduleToken(ARN, "2026-11-20T03:00:00Z"), 8)] }),
      "2026-11-21T03:00:00Z",
    ],
  ])("%s", (_, held, next) => {
    expect(statusOf(held, decided()).nextRotation).toBe(next);
  });
});
