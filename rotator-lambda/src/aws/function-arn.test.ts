import { describe, expect, it } from "vitest";
import { isSameFunction } from "./function-arn.ts";

const ARN = "arn:aws:lambda:eu-west-1:111122223333:function:rotator";

describe("isSameFunction", () => {
  it.each([
    [ARN, ARN],
    [ARN, `${ARN}:$LATEST`],
    [`${ARN}:live`, `${ARN}:live`],
  ])("%s is %s", (one, other) => {
    expect(isSameFunction(one, other)).toBe(true);
    expect(isSameFunction(other, one)).toBe(true);
  });

  it.each([
    ["another name", `${ARN}2`],
    ["another account", ARN.replace("1111", "9999")],
    ["another region", ARN.replace("eu-west-1", "eu-west-2")],
    ["an alias", `${ARN}:live`],
    ["nothing", ""],
  ])("%s is another function", (_, other) => {
    expect(isSameFunction(ARN, other)).toBe(false);
    expect(isSameFunction(other, ARN)).toBe(false);
  });
});
