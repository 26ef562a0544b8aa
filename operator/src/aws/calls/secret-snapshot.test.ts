import { describe, expect, it } from "vitest";
import { arnOf, version } from "../testing/secrets-manager.fixture.ts";
import { snapshotOfDescription, snapshotOfListEntry } from "./secret-snapshot.ts";

describe("an answer of AWS", () => {
  const base = { ARN: arnOf("db"), Name: "db", $metadata: {} };
  it.each([
    [
      "a function that is on",
      { RotationEnabled: true, RotationLambdaARN: "arn:f" },
      { kind: "function", functionArn: "arn:f" },
    ],
    ["a function that is off", { RotationEnabled: false, RotationLambdaARN: "arn:f" }, { kind: "off" }],
    ["nothing set up", {}, { kind: "off" }],
    ["an owner", { OwningService: "rds", RotationEnabled: true }, { kind: "managed", owner: "rds" }],
    ["a partner", { Type: "Partner", RotationEnabled: true }, { kind: "managed", owner: "Partner" }],
  ])("shows %s", (_name, members, rotation) => {
    const stages = { [version(1)]: ["AWSCURRENT"] };
    expect(snapshotOfDescription({ ...base, ...members, VersionIdsToStages: stages })).toEqual({
      arn: arnOf("db"),
      name: "db",
      rotation,
      stages: new Map([[version(1), ["AWSCURRENT"]]]),
    });
    expect(snapshotOfListEntry({ ...base, ...members })?.rotation).toEqual(rotation);
  });

  it("that lacks what every secret has is none", () => {
    expect(snapshotOfListEntry({ Name: "db" })).toBeUndefined();
  });
});
