import { parseDuration } from "@rotated-secrets/operator/api/duration";
import { readSettings } from "@rotated-secrets/operator/settings";
import { CHANGED_SETTINGS } from "@rotated-secrets/sandbox/samples/short-times";
import { describe, expect, it } from "vitest";

const commandLine = readSettings([], { AWS_REGION: "eu-west-1" });
const defaults: Readonly<Record<string, unknown>> = commandLine.kind === "run" ? commandLine.settings : {};

describe("the settings that demo and sandbox report as changed", () => {
  it.each(CHANGED_SETTINGS)("--$name is by default $default", (changed) => {
    expect(defaults[changed.name]).toBe(parseDuration(changed.default));
    expect(parseDuration(changed.value)).not.toBe(defaults[changed.name]);
  });
});
