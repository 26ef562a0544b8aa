import { describe, expect, it } from "vitest";
import { assertMayUse, type Masters } from "./masters.ts";

const arn = (name: string) => `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${name}`;

const MASTERS: Masters = {
  [arn("pay/master-AbCdEf")]: [arn("pay/*"), arn("shared/db-??????")],
  [arn("shop/master-??????")]: [arn("shop/*")],
};

describe("assertMayUse", () => {
  it.each([
    ["pay/db-123456", "pay/master-AbCdEf"],
    ["shared/db-123456", "pay/master-AbCdEf"],
    ["shop/db-123456", "shop/master-AbCdEf"],
  ])("lets %s use %s", (secret, master) => {
    expect(() => assertMayUse(MASTERS, { secretArn: arn(secret), masterArn: arn(master) })).not.toThrow();
  });

  it.each([
    ["shop/db-123456", "pay/master-AbCdEf"],
    ["pay/db-123456", "shop/master-AbCdEf"],
    ["pay/db-123456", "pay/master-AbCdEg"],
    ["shared/db-2-123456", "pay/master-AbCdEf"],
    ["pay/db-123456", "other-AbCdEf"],
  ])("does not let %s use %s", (secret, master) => {
    expect(() => assertMayUse(MASTERS, { secretArn: arn(secret), masterArn: arn(master) })).toThrow(
      `may not use the master secret ${arn(master)}`,
    );
  });

  it("lets every secret use every master without settings, and none with empty ones", () => {
    const parts = { secretArn: arn("a-123456"), masterArn: arn("b-123456") };
    expect(() => assertMayUse(undefined, parts)).not.toThrow();
    expect(() => assertMayUse({}, parts)).toThrow("MASTERS does not list it");
  });
});
