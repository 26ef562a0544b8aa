import { describe, expect, it } from "vitest";
import { readSettings } from "./settings.ts";

const read = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const commandLine = readSettings(["--region=eu-west-1", ...args], environment);
  return commandLine.kind === "run" ? commandLine.settings : commandLine;
};

describe("the settings of the leader lease", () => {
  it.each<[string, string[], Record<string, string>, object]>([
    ["none means no lease", [], {}, { "leader-elect": false, "lease-name": "rotated-secrets" }],
    ["a flag", ["--leader-elect=true"], {}, { "leader-elect": true }],
    ["a variable", [], { ROTATED_SECRETS_LEADER_ELECT: "true" }, { "leader-elect": true }],
    [
      "a flag that contradicts a variable",
      ["--leader-elect=false"],
      { ROTATED_SECRETS_LEADER_ELECT: "true" },
      { "leader-elect": false },
    ],
    ["a name", ["--lease-name=a", "--lease-namespace=b"], {}, { "lease-name": "a", "lease-namespace": "b" }],
    [
      "an invalid value",
      ["--leader-elect=yes"],
      {},
      { kind: "invalid", problems: expect.stringContaining("--leader-elect (ROTATED_SECRETS_LEADER_ELECT)") },
    ],
  ])("%s", (_, args, environment, expected) => {
    expect(read(args, environment)).toMatchObject(expected);
  });
});
