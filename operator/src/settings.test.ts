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

describe("the ports", () => {
  it.each<[string, string[], object]>([
    ["default to those of controller-runtime", [], { port: 8080, "health-port": 8081 }],
    ["may both be selected by the system", ["--port=0", "--health-port=0"], { port: 0, "health-port": 0 }],
    [
      "must differ",
      ["--port=8081"],
      { kind: "invalid", problems: "--health-port is the same as --port: write two different ports" },
    ],
  ])("%s", (_, args, expected) => {
    expect(read(args)).toMatchObject(expected);
  });
});
