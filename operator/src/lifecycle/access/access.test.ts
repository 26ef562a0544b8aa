import { describe, expect, it } from "vitest";
import type { AwsProblem } from "../../ports/aws-problem.ts";
import { cached, live, unknown } from "../../ports/fact.ts";
import { ownership } from "../target-secret/ownership.ts";
import { ARN, NOW, policy, resource, secret, stepOf, target, version, world } from "../testing/world.ts";
import type { World } from "../world.ts";
import { access } from "./access.ts";

function problem(kind: AwsProblem["kind"]): AwsProblem {
  return { kind, operation: "DescribeSecret", code: "SomeException", requestId: "11111111-2222" };
}

describe("the access phase", () => {
  it("lets through what a policy grants", () => {
    expect(stepOf(access, world(1))).toBeUndefined();
  });

  it.each<[string, Partial<World>, string, "stop" | "go on"]>([
    ["no policy", { policies: [] }, "Denied", "stop"],
    ["no policy for reading", { policies: [policy("Rotate")] }, "Denied", "stop"],
    ["no policy for this namespace", { namespaceLabels: { team: "other" } }, "Denied", "stop"],
    ["a namespace that is not known", { namespaceLabels: undefined }, "Denied", "stop"],
    [
      "a secret that does not exist",
      { source: cached({ problem: problem("notFound") }), resource: resource() },
      "Denied",
      "stop",
    ],
    [
      "a secret that AWS denies",
      { source: cached({ problem: problem("denied") }), resource: resource() },
      "AwsDenied",
      "stop",
    ],
    [
      "AWS away from the start",
      { source: cached({ problem: problem("unavailable") }), resource: resource() },
      "AwsUnavailable",
      "stop",
    ],
    [
      "AWS away after it told of the secret",
      { source: cached({ secret: secret(1), problem: problem("unavailable") }) },
      "AwsUnavailable",
      "go on",
    ],
    [
      "AWS away after a restart",
      { source: cached({ problem: problem("unavailable") }) },
      "AwsUnavailable",
      "go on",
    ],
    [
      "a secret that was deleted",
      { source: cached({ secret: secret(1), problem: problem("notFound") }) },
      "SecretGone",
      "go on",
    ],
    [
      "another secret under the same name",
      { resource: resource({}, { secretArn: ARN.replace("AbCdEf", "XyZxYz") }) },
      "SourceReplaced",
      "stop",
    ],
    ["a catalogue that has not begun", { source: unknown }, "AwsUnavailable", "stop"],
  ])("%s", (_, change, reason, afterwards) => {
    expect(stepOf(access, world(1, change))).toMatchObject({ do: "wait", reason, afterwards });
  });

  describe("another secret under the same name", () => {
    const former = ARN.replace("AbCdEf", "XyZxYz");
    const accepting = (arn: string) =>
      world(1, {
        resource: resource({}, { secretArn: former }, { "rotatedsecrets.dev/accept-source": arn }),
      });

    it("comes with the command that accepts it", () => {
      expect(stepOf(access, world(1, { resource: resource({}, { secretArn: former }) }))).toMatchObject({
        message: expect.stringContaining(
          `kubectl annotate rsec db -n payments --overwrite rotatedsecrets.dev/accept-source=${ARN}`,
        ),
      });
    });

    it("is followed once a person names its ARN, and no other", () => {
      expect(stepOf(access, accepting(ARN))).toBeUndefined();
      expect(stepOf(access, accepting(former))).toMatchObject({ reason: "SourceReplaced" });
    });

    it("is held to the policies all the same", () => {
      expect(stepOf(access, { ...accepting(ARN), policies: [] })).toMatchObject({ reason: "Denied" });
    });
  });

  describe("tells in the same words", () => {
    const notFound = stepOf(
      access,
      world(1, { source: cached({ problem: problem("notFound") }), resource: resource() }),
    );
    const orders = resource({ secretId: "prod-orders/db" });

    it.each<[string, World]>([
      [
        "a secret that is not there",
        world(1, { source: cached({ problem: problem("notFound") }), resource: resource() }),
      ],
      ["a secret that no policy allows", world(1, { policies: [] })],
      [
        "a secret that AWS refuses and no policy could allow",
        world(1, { source: cached({ problem: problem("denied") }), resource: resource(), policies: [] }),
      ],
    ])("%s", (_, situation) => {
      expect(stepOf(access, situation)).toEqual(notFound);
    });

    it("a secret that no glob of a policy matches, for any answer of AWS", () => {
      const answers = ["notFound", "denied", "invalid"] as const;
      const steps = answers.map((kind) =>
        stepOf(access, world(1, { source: cached({ problem: problem(kind) }), resource: orders })),
      );
      expect(new Set(steps.map((step) => JSON.stringify(step))).size).toBe(1);
      expect(steps[0]).toMatchObject({ reason: "Denied" });
    });
  });
});

describe("the ownership phase", () => {
  const foreign = (change: object = {}) => {
    const { ownerUid: _, ...rest } = target(1, change);
    return live(rest, NOW);
  };

  it("looks at the Secret before it judges", () => {
    expect(stepOf(ownership, world(1, { target: unknown }))).toEqual({ do: "refresh", facts: ["target"] });
  });

  it("assumes that a new resource has no Secret: otherwise its first write is refused", () => {
    const isNew = resource({}, { observedGeneration: -1 });
    expect(stepOf(ownership, world(1, { target: unknown, resource: isNew }))).toBeUndefined();
  });

  it.each<[string, Partial<World>]>([
    ["no Secret", { target: live({ kind: "absent" }, NOW) }],
    ["our own", {}],
    ["one with its owner's consent", { target: foreign({ adopt: "db" }) }],
    ["one of a RotatedSecret that is gone", { target: live(target(1, { ownerUid: "uid-gone" }), NOW) }],
  ])("lets through: %s", (_, change) => {
    expect(stepOf(ownership, world(1, change))).toBeUndefined();
  });

  describe("a Secret that does not say whose it is, where this resource has written one", () => {
    const wrote = { resource: resource({}, { currentVersion: version(1) }) };
    const { ownerUid: _owner, ...unmarked } = target(1);

    it("is looked at, for the server's record tells who wrote it", () => {
      expect(stepOf(ownership, world(1, { ...wrote, target: cached(unmarked) }))).toEqual({
        do: "refresh",
        facts: ["target"],
      });
    });

    it.each<[string, string, object | undefined]>([
      ["is ours by that record", "rotated-secrets", undefined],
      ["is somebody else's by that record", "helm", { reason: "TargetNotOwned" }],
    ])("%s", (_, manager, step) => {
      const dataManagers = [{ manager, keys: ["password"] }];
      const judged = stepOf(
        ownership,
        world(1, { ...wrote, target: live({ ...unmarked, dataManagers }, NOW) }),
      );
      if (step === undefined) expect(judged).toBeUndefined();
      else expect(judged).toMatchObject(step);
    });
  });

  it.each<[string, Partial<World>, string]>([
    ["somebody else's", { target: foreign() }, "TargetNotOwned"],
    ["consent for another", { target: foreign({ adopt: "other" }) }, "TargetNotOwned"],
    [
      "another RotatedSecret's",
      { target: live(target(1, { ownerUid: "uid-2", ownerName: "two" }), NOW) },
      "TargetOwned",
    ],
    [
      "another RotatedSecret's, whatever consent says",
      { target: live(target(1, { ownerUid: "uid-2", ownerName: "two", adopt: "db" }), NOW) },
      "TargetOwned",
    ],
    ["an immutable one", { target: live(target(1, { immutable: true }), NOW) }, "TargetImmutable"],
    [
      "one of another type",
      { target: foreign({ adopt: "db", type: "kubernetes.io/tls" }) },
      "TargetTypeDiffers",
    ],
  ])("stalls for %s", (_, change, reason) => {
    expect(stepOf(ownership, world(1, change))).toMatchObject({
      do: "wait",
      reason,
      endedBy: "person",
      afterwards: "stop",
    });
  });
});
