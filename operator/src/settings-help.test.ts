import { describe, expect, it } from "vitest";
import { describeSettings, helpText } from "./settings-help.ts";
import { SETTING_NAMES } from "./settings-schema.ts";

describe("the help", () => {
  it("has every setting with its meaning", () => {
    expect(describeSettings().map(({ name }) => name)).toEqual(SETTING_NAMES);
    expect(describeSettings().filter(({ meaning }) => meaning === "")).toEqual([]);
    for (const { name, meaning } of describeSettings())
      expect(helpText()).toContain(`  --${name}\n      ${meaning}`);
  });

  it.each([
    ["a default value", "--port", "Default: 8080."],
    ["a default duration, as it is written", "--list-every", "Default: 60s."],
    ["the fallback for a missing default", "--region", "Default: AWS_REGION, or AWS_DEFAULT_REGION."],
  ])("ends a setting's text with %s", (_, flag, text) => {
    const [, line = ""] = helpText().split(`  ${flag}\n`);
    expect(line.split("\n")[0]).toMatch(new RegExp(`${text}$`));
  });
});
