import { requestToken, scheduleToken } from "@rotated-secrets/contract/rotation-token";
import { describe, expect, it } from "vitest";
import type { RotatedSecretSpec, RotatedSecretStatus, RotationStatus } from "../../api/rotated-secret.ts";
import { cached, live } from "../../ports/fact.ts";
import type { SecretFacts } from "../../ports/secret-catalogue.ts";
import { decide } from "../decide.ts";
import { sync } from "../target-secret/sync.ts";
import {
  ARN,
  createdTimes,
  dataOf,
  LONG_AGO,
  NOW,
  policy,
  resource,
  secret,
  stepOf,
  target,
  version,
  world,
} from "../testing/world.ts";
import { AWS_READ_LAG_MS } from "../timing.ts";
import type { World } from "../world.ts";
import { rotation } from "./rotation.ts";
import { rotationStanding } from "./rotation-history.ts";
import { outcomeOf } from "./rotation-outcome.ts";

const settled = { versionId: version(1), writtenAt: new Date(LONG_AGO).toISOString() };
const daily: Partial<RotatedSecretSpec> = {
  rotation: { trigger: "Schedule", schedule: { cron: "0 3 * * *" } },
};
const THREE = "2026-11-20T03:00:00.000Z";
const DUE = scheduleToken(ARN, THREE);

function given(
  spec: Partial<RotatedSecretSpec>,
  change: Partial<World> = {},
  status: Partial<RotatedSecretStatus> = {},
  annotations: Record<string, string> = {},
): World {
  return world(1, {
    resource: resource(spec, { secretArn: ARN, settled, ...status }, annotations),
    ...change,
  });
}

function seen(change: Partial<SecretFacts> = {}): Pick<World, "source" | "versionCreatedAt"> {
  return { source: live({ secret: secret(1, change) }, NOW), versionCreatedAt: createdTimes(1) };
}

/** AWS did not answer for the versions. */
function untold(kind: "denied" | "unavailable"): World["versionCreatedAt"] {
  return live({ problem: { kind, operation: "ListSecretVersionIds", code: "AnException" } }, NOW);
}

describe("a rotation begins", () => {
  it("at its time, after AWS was asked what versions there are", () => {
    expect(stepOf(rotation, given(daily))).toEqual({ do: "refresh", facts: ["source", "versionCreatedAt"] });
    expect(stepOf(rotation, given(daily, seen()))).toMatchObject({
      do: "record",
      change: { rotation: { token: DUE, trigger: "Schedule", tick: THREE, attempts: 0 } },
    });
  });

  it("on request, whatever the trigger", () => {
    const step = stepOf(rotation, given({}, seen(), {}, { "rotatedsecrets.dev/rotate": "now" }));
    expect(step).toMatchObject({
      do: "record",
      change: { rotation: { token: requestToken(ARN, "uid-db", "now"), trigger: "Request", request: "now" } },
    });
  });

  it("by the schedule, although a request is too long", () => {
    const tooLong = { "rotatedsecrets.dev/rotate": "x".repeat(257) };
    expect(stepOf(rotation, given(daily, seen(), {}, tooLong))).toMatchObject({
      do: "record",
      change: { rotation: { trigger: "Schedule" } },
    });
  });

  it("with the call after the token is in status, and never before", () => {
    const underway = {
      token: DUE,
      trigger: "Schedule",
      phase: "Rotating",
      startedAt: new Date(NOW).toISOString(),
      attempts: 0,
    } as const;
    const recorded = given(
      daily,
      { ...seen(), intent: { kind: "recorded", id: DUE } },
      { rotation: underway },
    );
    expect(stepOf(rotation, recorded)).toEqual({
      do: "call",
      intent: { kind: "rotate", arn: ARN, token: DUE },
    });
  });
});

describe("no rotation begins", () => {
  const requested = { "rotatedsecrets.dev/rotate": "now" };
  it.each([
    ["with trigger External", given({}, seen())],
    ["with trigger Manual and no request", given({ rotation: { trigger: "Manual" } }, seen())],
    ["for a request that was handled", given({}, seen(), { lastHandledRotateRequest: "now" }, requested)],
    [
      "where a version became current since the tick",
      given(daily, { ...seen(), value: live({ ...valueOf(), createdAt: Date.parse(THREE) + 1 }, NOW) }),
    ],
    ["where AWS rotated since the tick", given(daily, seen({ lastRotatedAt: Date.parse(THREE) + 1 }))],
    ["for a tick before the resource existed", made(given(daily, seen()), "2026-11-20T03:00:01Z")],
    [
      "where the Secret does not carry the current version yet",
      given(daily, { ...seen(), target: { kind: "cached", value: { kind: "absent" } } }),
    ],
    [
      "with a token of the schedule that AWS knows",
      given(daily, {
        ...seen(),
        versionCreatedAt: live(
          new Map([
            [version(1), LONG_AGO],
            [DUE, LONG_AGO],
          ]),
          NOW,
        ),
      }),
    ],
  ])("%s", (_, theWorld) => {
    expect(stepOf(rotation, theWorld)).toBeUndefined();
  });

  it.each([
    ["without a policy", given(daily, { ...seen(), policies: [policy("Read")] }), "RotateDenied"],
    ["where rotation is off", given(daily, seen({ rotation: { kind: "off" } })), "RotationNotConfigured"],
    [
      "where rotation is off, which is said before it is due",
      given({ rotation: { trigger: "Manual" } }, seen({ rotation: { kind: "off" } })),
      "RotationNotConfigured",
    ],
    [
      "for a request that is too long",
      given({}, seen(), {}, { "rotatedsecrets.dev/rotate": "x".repeat(257) }),
      "RequestTooLong",
    ],
    [
      "while AWS does not tell the versions",
      given(daily, { ...seen(), versionCreatedAt: untold("unavailable") }),
      "AwsUnavailable",
    ],
    [
      "while AWS may not tell the versions",
      given(daily, { ...seen(), versionCreatedAt: untold("denied") }),
      "AwsDenied",
    ],
  ])("%s, and it is said", (_, theWorld, reason) => {
    expect(stepOf(rotation, theWorld)).toMatchObject({ do: "wait", reason });
  });

  it("for a request whose text was used before: it is said, and counts as handled", () => {
    const token = requestToken(ARN, "uid-db", "now");
    const known = live(new Map([[token, LONG_AGO]]), NOW);
    const again = given(
      {},
      { ...seen(), versionCreatedAt: known },
      { lastHandledRotateRequest: "later" },
      requested,
    );
    expect(stepOf(rotation, again)).toMatchObject({
      do: "record",
      change: { kind: "request", request: "now" },
      notes: [{ reason: "RequestUsedBefore", type: "Warning", message: expect.stringContaining(token) }],
    });
  });

  it("while the Secret may not be written, or somebody fights over it", () => {
    const drifted = target(1, { data: dataOf({ username: "mallory" }) });
    const refusals = [{ kind: "Secret", name: "db", why: "403 Forbidden" } as const];
    const held = given({}, { ...seen(), target: live(drifted, NOW), refusals }, {}, requested);
    const inTheWay = stepOf(sync, held);
    if (inTheWay?.do !== "wait") throw new Error("expected sync to wait");
    expect(stepOf(rotation, held, [{ ...inTheWay, phase: "sync" }])).toBeUndefined();
    expect(decide(held)).toMatchObject({ kind: "rest", waits: [{ phase: "sync", reason: "WriteRefused" }] });
  });

  it("while one of somebody else is pending: that one is followed", () => {
    const stages = new Map([
      [version(1), ["AWSCURRENT"]],
      [version(2), ["AWSPENDING"]],
    ]);
    expect(stepOf(rotation, given(daily, seen({ stages })))).toMatchObject({
      do: "record",
      change: { rotation: { token: version(2), trigger: "External" } },
    });
  });
});

describe("a rotation under way", () => {
  const start = NOW - 60_000;
  const underway = {
    token: DUE,
    trigger: "Schedule",
    phase: "Rotating",
    startedAt: new Date(start).toISOString(),
    attempts: 0,
  } as const;
  const pending = new Map([
    [version(1), ["AWSCURRENT"]],
    [DUE, ["AWSPENDING"]],
  ]);

  it("is waited for", () => {
    expect(stepOf(rotation, given(daily, seen({ stages: pending }), { rotation: underway }))).toMatchObject({
      do: "wait",
      reason: "Rotating",
      endedBy: "time",
    });
  });

  describe("is reported when it takes too long, and no new token is made", () => {
    const late = { ...underway, startedAt: new Date(NOW - 601_000).toISOString() };
    const lambda = "arn:aws-us-gov:lambda:us-gov-west-1:111122223333:function";
    const log = `Find out why: aws logs tail /aws/lambda/rotator --region eu-west-1 --since 1h --filter-pattern '{ $.versionId = "${DUE}" }'`;
    const warning =
      "If the secret has a single user and setSecret is done, the database has the new password already: do not give this version up";
    const command = `aws secretsmanager update-secret-version-stage --region eu-west-1 --secret-id ${ARN} --version-stage AWSPENDING --remove-from-version-id ${DUE}`;

    function message(rotates: SecretFacts["rotation"]): string {
      const step = stepOf(
        rotation,
        given(daily, seen({ stages: pending, rotation: rotates }), { rotation: late }),
      );
      expect(step).toMatchObject({ do: "wait", reason: "RotationTimedOut", endedBy: "person" });
      return step !== undefined && "message" in step ? step.message : "";
    }

    it.each([
      ["a function", `${lambda}:rotator`],
      ["an alias of a function", `${lambda}:rotator:live`],
    ])("with the command that shows the log of %s", (_, functionArn) => {
      expect(message({ kind: "function", functionArn })).toContain(log);
    });

    it.each<[string, SecretFacts["rotation"]]>([
      ["AWS rotates without a function", { kind: "managed", owner: "rds" }],
      [
        "the ARN of the function is cut off",
        { kind: "function", functionArn: "arn:aws:lambda:eu-west-1:1111" },
      ],
      ["the ARN names something else", { kind: "function", functionArn: `${ARN}` }],
    ])("without that command where %s", (_, rotates) => {
      expect(message(rotates)).not.toMatch(/aws logs|the log/);
    });

    it.each<[string, SecretFacts["rotation"]]>([
      ["with a function", { kind: "function", functionArn: `${lambda}:rotator` }],
      ["without a function", { kind: "managed", owner: "rds" }],
    ])("with the warning before the command that gives the version up, %s", (_, rotates) => {
      const text = message(rotates);
      expect(text).toContain("docs/lambda.md#give-a-rotation-up");
      expect(text.indexOf(warning)).toBeGreaterThan(0);
      expect(text.indexOf(command)).toBeGreaterThan(text.indexOf(warning));
      expect(text.endsWith(command)).toBe(true);
    });
  });

  describe("given up before its version had a value, which AWS does not list then,", () => {
    const accepted = { ...underway, acceptedAt: underway.startedAt };

    it("has failed if AWS had started it", () => {
      const ended = given(daily, seen(), { rotation: accepted });
      expect(outcomeOf(ended, accepted)).toBe("Failed");
      const { underway: left, history } = rotationStanding(ended, []);
      expect(left).toBeUndefined();
      expect(history).toMatchObject([{ token: DUE, result: "Failed" }]);
    });

    it("has not failed if AWS never started it", () => {
      expect(outcomeOf(given(daily, seen(), { rotation: underway }), underway)).toBeUndefined();
    });

    it("was a test of the rotation function if others started it", () => {
      const test = { ...accepted, trigger: "External" } as const;
      expect(outcomeOf(given(daily, seen(), { rotation: test }), test)).toBe("Vanished");
    });

    it("is not started again with the same token", () => {
      const past = {
        token: DUE,
        trigger: "Schedule",
        startedAt: THREE,
        finishedAt: THREE,
        result: "Failed",
      } as const;
      expect(stepOf(rotation, given(daily, seen(), { history: [past] }))).not.toMatchObject({
        change: { rotation: { token: DUE } },
      });
    });
  });

  it.each([
    ["AWS's answer", { intent: { kind: "answered", id: DUE, answer: { kind: "accepted" } } } as const, true],
    ["AWSPENDING on its version", seen({ stages: pending }), true],
    [
      "the answer that another rotation is under way",
      { intent: { kind: "answered", id: DUE, answer: { kind: "inProgress" } } } as const,
      false,
    ],
    ["no answer", {}, false],
  ])("is remembered as started by AWS after %s", (_, change, isAccepted) => {
    const standing = rotationStanding(given(daily, change, { rotation: underway }), []);
    expect(standing.underway?.acceptedAt).toBe(isAccepted ? new Date(NOW).toISOString() : undefined);
  });

  it("has succeeded when its version is current, or was", () => {
    const current = new Map([
      [DUE, ["AWSCURRENT"]],
      [version(1), ["AWSPREVIOUS"]],
    ]);
    const previous = new Map([
      [version(9), ["AWSCURRENT"]],
      [DUE, ["AWSPREVIOUS"]],
    ]);
    for (const stages of [current, previous]) {
      const ended = given(daily, seen({ stages }), { rotation: underway });
      expect(outcomeOf(ended, underway)).toBe("Succeeded");
      expect(stepOf(rotation, ended)).toBeUndefined();
    }
  });

  it("has gone back when its version was current and AWSCURRENT is on the replaced version again", () => {
    const replacing = { ...underway, replaces: version(1) };
    const stages = new Map([
      [version(1), ["AWSCURRENT"]],
      [DUE, ["AWSPREVIOUS"]],
    ]);
    expect(outcomeOf(given(daily, seen({ stages }), { rotation: replacing }), replacing)).toBe("WentBack");
  });

  it("has failed when AWS knows its version and it is neither pending nor current", () => {
    const known = live(
      new Map([
        [version(1), LONG_AGO],
        [DUE, start],
      ]),
      NOW,
    );
    expect(
      outcomeOf(given(daily, { ...seen(), versionCreatedAt: known }, { rotation: underway }), underway),
    ).toBe("Failed");
  });

  it("is not said to have failed where AWS has gone on from it twice: it does not tell whether it was current", () => {
    const stages = new Map([
      [version(3), ["AWSCURRENT"]],
      [version(2), ["AWSPREVIOUS"]],
    ]);
    const made = live(
      new Map([
        [version(1), LONG_AGO],
        [DUE, start],
        [version(2), start + 10_000],
        [version(3), start + 20_000],
      ]),
      NOW,
    );
    const ended = given(daily, { ...seen({ stages }), versionCreatedAt: made }, { rotation: underway });
    expect(outcomeOf(ended, underway)).toBe("Unknown");
    expect(stepOf(rotation, ended)).toBeUndefined();
  });

  it("is not judged by one cached look: it is read at the source first", () => {
    expect(stepOf(rotation, given(daily, {}, { rotation: underway }))).toEqual({
      do: "refresh",
      facts: ["source", "versionCreatedAt"],
    });
  });

  it("is called again after a crash between the record and the call, once AWS's reads can be believed", () => {
    const restarted = { operatorStartedAt: NOW - 1_000 };
    expect(stepOf(rotation, given(daily, { ...seen(), ...restarted }, { rotation: underway }))).toMatchObject(
      {
        do: "wait",
        reason: "Rotating",
      },
    );
    const later = { operatorStartedAt: NOW - AWS_READ_LAG_MS };
    expect(stepOf(rotation, given(daily, { ...seen(), ...later }, { rotation: underway }))).toEqual({
      do: "record",
      change: { kind: "intent", rotation: { ...underway, lastAttemptAt: new Date(NOW).toISOString() } },
      meanwhile: expect.objectContaining({ do: "wait", reason: "Rotating" }),
      notes: [],
    });
  });

  it("has as much time from its last call as from the first", () => {
    const old = { ...underway, startedAt: new Date(NOW - 3_600_000).toISOString() };
    const called = { ...old, lastAttemptAt: new Date(NOW - 1_000).toISOString() };
    const late = (rotation: RotationStatus) => given(daily, seen({ stages: pending }), { rotation });
    expect(stepOf(rotation, late(old))).toMatchObject({ reason: "RotationTimedOut" });
    expect(stepOf(rotation, late(called))).toMatchObject({ reason: "Rotating" });
  });

  it("is not called with a token that AWS already has, even in the pass that recorded it", () => {
    const fresh = { ...underway, startedAt: new Date(NOW).toISOString() };
    const known = live(
      new Map([
        [version(1), LONG_AGO],
        [DUE, start],
      ]),
      NOW,
    );
    const theWorld = given(
      daily,
      { ...seen(), versionCreatedAt: known, intent: { kind: "recorded", id: DUE } },
      { rotation: fresh },
    );
    expect(stepOf(rotation, theWorld)).toMatchObject({ do: "wait", reason: "Rotating" });
  });

  it.each([
    [1, 5_000],
    [2, 10_000],
    [4, 40_000],
    [20, 600_000],
  ])("that was refused %d times is called again %d ms after the last time", (attempts, delay) => {
    const problem = { lastError: "RotateSecret: AccessDeniedException", attempts };
    const at = (lastAttempt: number) => ({
      ...underway,
      ...problem,
      lastAttemptAt: new Date(lastAttempt).toISOString(),
    });
    expect(stepOf(rotation, given(daily, seen(), { rotation: at(NOW - delay + 1) }))).toMatchObject({
      do: "wait",
    });
    expect(
      stepOf(rotation, given(daily, seen(), { rotation: at(NOW - Math.max(delay, AWS_READ_LAG_MS)) })),
    ).toMatchObject({ do: "record", change: { rotation: { attempts, phase: "Rotating" } } });
  });

  describe("that AWS has not taken up", () => {
    const refused = {
      ...underway,
      tick: THREE,
      attempts: 3,
      lastAttemptAt: new Date(NOW - 6_000).toISOString(),
      lastError: "RotateSecret: AccessDeniedException",
    };
    const request = {
      ...refused,
      trigger: "Request",
      token: requestToken(ARN, "uid-db", "now"),
      request: "now",
    } as const;
    const asked = { "rotatedsecrets.dev/rotate": "now" };

    it.each<[string, World, RotationStatus]>([
      ["the schedule is gone", given({}, seen(), { rotation: refused }), refused],
      [
        "a version became current since it was due",
        given(daily, seen({ lastRotatedAt: Date.parse(THREE) + 1 }), { rotation: refused }),
        refused,
      ],
      ["the request was taken back", given({}, seen(), { rotation: request }), request],
    ])("is given up when %s", (_, theWorld, status) => {
      expect(outcomeOf(theWorld, status)).toBe("Vanished");
      expect(stepOf(rotation, theWorld)).toBeUndefined();
    });

    it("goes on while the request stands", () => {
      const theWorld = given({}, seen(), { rotation: request }, asked);
      expect(outcomeOf(theWorld, request)).toBeUndefined();
      expect(stepOf(rotation, theWorld)).toMatchObject({ reason: "RotationRefused" });
    });

    it("does not race one of somebody else's", () => {
      const stages = new Map([
        [version(1), ["AWSCURRENT"]],
        [version(2), ["AWSPENDING"]],
      ]);
      const due = { ...request, lastAttemptAt: new Date(NOW - 3_600_000).toISOString() };
      const step = stepOf(rotation, given({}, seen({ stages }), { rotation: due }, asked));
      expect(step).toMatchObject({ do: "wait", reason: "RotationTimedOut" });
      expect(step).toMatchObject({ message: expect.stringContaining(version(2)) });
    });
  });

  describe("is not judged by what was read before", () => {
    const known = live(new Map([[DUE, start]]), NOW);
    const away = { kind: "unavailable", operation: "DescribeSecret", code: "TimeoutError" } as const;
    it.each<[string, World["source"]]>([
      ["from the cache", cached({ secret: secret(1) })],
      ["where AWS does not answer now", live({ secret: secret(1), problem: away }, NOW)],
    ])("%s", (_, source) => {
      expect(
        outcomeOf(given(daily, { source, versionCreatedAt: known }, { rotation: underway }), underway),
      ).toBeUndefined();
    });

    it("nor is one begun", () => {
      const blind = {
        source: live({ secret: secret(1), problem: away }, NOW),
        versionCreatedAt: createdTimes(1),
      };
      expect(stepOf(rotation, given(daily, blind))).toMatchObject({ do: "wait", reason: "AwsUnavailable" });
    });
  });

  it("that was taken back by hand, and left pending, may be taken up again by AWS", () => {
    const stages = new Map([
      [version(1), ["AWSCURRENT"]],
      [version(2), ["AWSPENDING", "AWSPREVIOUS"]],
    ]);
    const left = { ...underway, trigger: "External", token: version(2) } as const;
    const theWorld = given(daily, seen({ stages }), { rotation: left });
    expect(outcomeOf(theWorld, left)).toBeUndefined();
    expect(stepOf(rotation, theWorld)).toMatchObject({ do: "wait", reason: "Rotating" });
  });

  it("of others ends when its pending version is gone for good", () => {
    const external = { ...underway, trigger: "External", token: version(2) } as const;
    expect(stepOf(rotation, given(daily, {}, { rotation: external }))).toEqual({
      do: "refresh",
      facts: ["source", "versionCreatedAt"],
    });
    expect(outcomeOf(given(daily, seen(), { rotation: external }), external)).toBe("Vanished");
    const deprecated = given(daily, { ...seen(), versionCreatedAt: createdTimes(2) }, { rotation: external });
    expect(outcomeOf(deprecated, external)).toBe("Failed");
  });
});

function valueOf() {
  const reading = world(1).value;
  if (reading.kind === "unknown" || reading.value.kind !== "value")
    throw new Error("the fixture has a value");
  return reading.value;
}

function made(theWorld: World, creationTimestamp: string): World {
  const metadata = { ...theWorld.resource.metadata, creationTimestamp };
  return { ...theWorld, resource: { ...theWorld.resource, metadata } };
}
