import { describe, expect, it } from "vitest";
import { parseSecretArn, parseVersionId } from "./version-id.ts";

describe("parseSecretArn", () => {
  it.each([
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/payments/db-AbCdEf",
    "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:a-AbCdEf",
    "arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a_b+c=d.e@f-AbCdEf",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-0f1e2d3c-AbCdEf",
  ])("accepts %s", (arn) => {
    expect(parseSecretArn(arn)).toBe(arn);
  });

  it.each([
    ["a name", "prod/payments/db"],
    ["an ARN without its random suffix", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"],
    ["an ARN of another service", "arn:aws:lambda:eu-west-1:111122223333:function:rotator"],
  ])("refuses %s", (_, text) => {
    expect(() => parseSecretArn(text)).toThrow(/not a complete secret ARN/);
  });
});

describe("parseVersionId", () => {
  it.each([32, 64])("accepts %i characters", (length) => {
    expect(parseVersionId("x".repeat(length))).toHaveLength(length);
  });

  it.each([0, 31, 65])("refuses %i characters", (length) => {
    expect(() => parseVersionId("x".repeat(length))).toThrow(/32 to 64/);
  });
});
