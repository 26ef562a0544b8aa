import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveSpec } from "./resolved-spec.ts";
import { parseRotatedSecret } from "./rotated-secret.ts";

const metadata = {
  name: "payments-db",
  namespace: "payments",
  uid: "7f0c",
  resourceVersion: "12",
  generation: 1,
  creationTimestamp: "2026-01-31T15:04:05Z",
};

function resolved(spec: object) {
  const parsed = parseRotatedSecret({ metadata, spec });
  if (parsed.kind !== "valid") throw new Error(JSON.stringify(parsed));
  return resolveSpec(parsed.resource, { region: "eu-west-1" });
}

function problems(spec: object) {
  const parsed = parseRotatedSecret({ metadata, spec });
  if (parsed.kind === "valid") return (parsed.resource.faults ?? []).flatMap((fault) => fault.problems);
  return parsed.problems;
}

const VERSION = "0f1e2d3c-0000-4000-8000-000000000001";

describe("a RotatedSecret with only a secretId", () => {
  it("rotates nothing, follows AWS, and restarts the readers of the Secret with its own name", () => {
    expect(resolved({ secretId: "prod/payments/db" })).toEqual({
      secretId: "prod/payments/db",
      region: "eu-west-1",
      identity: { kind: "Operator" },
      trigger: { kind: "External" },
      maxAgeMs: undefined,
      pin: undefined,
      windows: [],
      rotationTimeoutMs: 600_000,
      targetName: "payments-db",
      target: {
        type: "Opaque",
        mode: "Own",
        labels: {},
        annotations: {},
        keys: { include: ["*"], exclude: [], rename: new Map() },
        template: new Map(),
        deletionPolicy: "Retain",
        specHash: undefined,
      },
      workloads: { kind: "Auto" },
      rolloutTimeoutMs: 600_000,
      suspended: false,
      faults: [],
    });
  });

  it("has the status of a resource that the operator has not seen", () => {
    const parsed = parseRotatedSecret({ metadata, spec: { secretId: "a" } });
    expect(parsed).toMatchObject({ kind: "valid", resource: { status: { observedGeneration: -1 } } });
  });
});

describe("the meaning of fields", () => {
  const secretId = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbC123";
  it.each([
    ["region of an ARN", { secretId }, { region: "us-east-1" }],
    ["region", { secretId: "a", region: "us-gov-west-1" }, { region: "us-gov-west-1" }],
    ["a secret that RDS manages", { secretId: "rds!cluster-1" }, { secretId: "rds!cluster-1" }],
    ["trigger Manual", { secretId, rotation: { trigger: "Manual" } }, { trigger: { kind: "Manual" } }],
    [
      "cron",
      { secretId, rotation: { trigger: "Schedule", schedule: { cron: "0 3 * * SUN" } } },
      { trigger: { kind: "Schedule", schedule: { kind: "cron", cron: "0 3 * * SUN", timeZone: "UTC" } } },
    ],
    [
      "every",
      { secretId, rotation: { trigger: "Schedule", schedule: { every: "1d12h" } } },
      { trigger: { kind: "Schedule", schedule: { kind: "every", everyMs: 129_600_000 } } },
    ],
    [
      "names",
      { secretId, rollout: { workloads: { mode: "Names", names: ["deployment/web"] } } },
      { workloads: { kind: "Names", names: [{ kind: "Deployment", name: "web" }] } },
    ],
    [
      "names of all kinds",
      {
        secretId,
        rollout: { workloads: { mode: "Names", names: ["statefulset/db", "daemonset/agent"] } },
      },
      {
        workloads: {
          kind: "Names",
          names: [
            { kind: "StatefulSet", name: "db" },
            { kind: "DaemonSet", name: "agent" },
          ],
        },
      },
    ],
    [
      "a selector",
      { secretId, rollout: { workloads: { mode: "Selector", selector: { matchLabels: { a: "b" } } } } },
      { workloads: { kind: "Selector", selector: { matchLabels: { a: "b" } } } },
    ],
    [
      "windows",
      { secretId, windows: [{ kind: "Deny", cron: "0 0 * * SAT", duration: "2d" }] },
      { windows: [{ kind: "Deny", cron: "0 0 * * SAT", timeZone: "UTC", durationMs: 172_800_000 }] },
    ],
    ["maxAge", { secretId, rotation: { trigger: "Manual", maxAge: "1d" } }, { maxAgeMs: 86_400_000 }],
    ["a field of a newer release", { secretId, sparkle: { versionId: "x" } }, { secretId }],
  ])("%s", (_, spec, expected) => {
    expect(resolved(spec)).toMatchObject(expected);
  });
});

describe("a resource that the CRD of this release would refuse", () => {
  it.each([
    ["no spec", undefined, "spec: Invalid input: expected object, received undefined"],
    [
      "a time zone that this machine does not know",
      {
        secretId: "a",
        rotation: { trigger: "Schedule", schedule: { cron: "0 3 * * *", timeZone: "Europe/Atlantis" } },
      },
      'spec.rotation.schedule.timeZone: is unknown to the operator: write a time zone of the IANA database, such as "Europe/Berlin"',
    ],
    [
      "a day that is not in the calendar",
      { secretId: "a", rotation: { trigger: "Schedule", schedule: { cron: "0 0 30 2 *" } } },
      expect.stringMatching(
        /^spec.rotation.schedule.cron: names a date that does not exist: February has no 30th/,
      ),
    ],
    [
      "a window on a day that is not in the calendar",
      { secretId: "a", windows: [{ kind: "Deny", cron: "0 0 31 6 *", duration: "1d" }] },
      expect.stringMatching(/^spec.windows\[0\].cron: names a date that does not exist/),
    ],
    [
      "a window in a time zone that this machine does not know",
      {
        secretId: "a",
        windows: [{ kind: "Deny", cron: "0 0 1 6 *", duration: "1d", timeZone: "Europe/Atlantis" }],
      },
      'spec.windows[0].timeZone: is unknown to the operator: write a time zone of the IANA database, such as "Europe/Berlin"',
    ],
    [
      "two fields too many",
      { secretId: "a", rotation: { trigger: "Schedule", schedule: { cron: "0 0 3 * * SUN 2027" } } },
      'spec.rotation.schedule.cron: there are no seconds and no years: write the five fields minute, hour, day of month, month and day of week, separated by one space, such as "0 3 * * SUN"',
    ],
    [
      "an invalid duration",
      { secretId: "a", rotation: { timeout: "soon" } },
      expect.stringMatching(/^spec.rotation.timeout: write a duration such as 90d or 12h30m/),
    ],
  ])("%s is reported once", (_, spec, problem) => {
    expect(problems(spec as object)).toEqual([problem]);
  });

  it.each([
    ["a range from a name to a number", "0 3 * * FRI-1"],
    ["a stepped range of months without the 31st", "0 3 31 4-6/2 *"],
  ])("%s passes the API server, and is reported", (_, cron) => {
    const spec = { secretId: "a", windows: [{ kind: "Deny", cron, duration: "1d" }] };
    expect(problems(spec)).toEqual([expect.stringMatching(/^spec.windows\[0\].cron: is not usable as cron/)]);
  });

  it.each([
    ["rotation", { rotation: { trigger: "Hourly" } }, { trigger: { kind: "External" } }],
    ["windows", { windows: [{ kind: "Freeze" }, { kind: "Deny" }] }, { windows: [] }],
    ["rollout", { rollout: { workloads: { mode: "Labels" } } }, { workloads: { kind: "Auto" } }],
  ])("loses only its part %s", (part, mistaken, rest) => {
    const spec = { secretId: "prod/db", target: { name: "db" }, ...mistaken };
    expect(resolved(spec)).toMatchObject({
      secretId: "prod/db",
      targetName: "db",
      ...rest,
      faults: [{ part }],
    });
  });

  it.each([
    ["the target", { secretId: "a", target: { type: "Token" }, windows: [] }],
    [
      "two fields that disagree",
      { secretId: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbC123", region: "eu-west-2" },
    ],
  ])("is not usable at all with a problem in %s", (_, spec) => {
    expect(parseRotatedSecret({ metadata, spec }).kind).toBe("invalid");
  });

  it("still has its metadata and status, so that the operator can report the problem", () => {
    const status = { observedGeneration: 3, currentVersion: VERSION };
    const parsed = parseRotatedSecret({ metadata, spec: {}, status });
    expect(parsed).toMatchObject({ kind: "invalid", metadata, status });
  });

  it("never makes the parser throw", () => {
    fc.assert(fc.property(fc.anything(), (object) => void parseRotatedSecret(object)));
    fc.assert(fc.property(fc.anything(), (spec) => void parseRotatedSecret({ metadata, spec })));
    fc.assert(
      fc.property(
        fc.anything(),
        (status) => void parseRotatedSecret({ metadata, spec: { secretId: "a" }, status }),
      ),
    );
  });
});

describe("a status that somebody else wrote", () => {
  const rotation = {
    ...{
      token: VERSION,
      trigger: "Request",
      phase: "Rotating",
      startedAt: "2026-01-01T00:00:00Z",
      attempts: 0,
    },
  };

  it.each([
    ["the token", { rotation: { ...rotation, token: "short" } }],
    ["the replaced version", { rotation: { ...rotation, replaces: "short" } }],
    ["a token in the history", { history: [{ token: "short" }] }],
    ["the settled version", { settled: { versionId: "short" } }],
    ["the current version", { currentVersion: "short" }],
  ])("counts as absent if %s cannot be the id of a version", (_, status) => {
    const parsed = parseRotatedSecret({ metadata, spec: { secretId: "a" }, status });
    expect(parsed).toMatchObject({ kind: "valid", resource: { status: { observedGeneration: -1 } } });
    for (const field of Object.keys(status))
      expect(parsed.kind === "valid" && parsed.resource.status).not.toHaveProperty(field);
  });

  it("is read if its ids can be those of versions", () => {
    const parsed = parseRotatedSecret({ metadata, spec: { secretId: "a" }, status: { rotation } });
    expect(parsed).toMatchObject({ resource: { status: { rotation } } });
  });
});

describe("a status that another release wrote", () => {
  it("keeps the fields that are understood and drops the others", () => {
    const status = {
      observedGeneration: 2,
      currentVersion: VERSION,
      rotation: { token: "t", phase: "Revoking" },
      workloads: { total: 1, settled: 1 },
      novelty: true,
    };
    const parsed = parseRotatedSecret({ metadata, spec: { secretId: "a" }, status });
    if (parsed.kind !== "valid") throw new Error("the spec is valid");
    expect(parsed.resource.status).toEqual({
      ...{ observedGeneration: 2, currentVersion: VERSION, workloads: { total: 1, settled: 1 } },
    });
  });
});
