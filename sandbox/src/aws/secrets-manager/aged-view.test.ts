import { describe, expect, it } from "vitest";
import { AgedView } from "./aged-view.ts";
import { existingSecret } from "./existing-secret.ts";
import type { Secret } from "./secret.ts";

const PLACE = { region: "eu-west-1", accountId: "111122223333" };
const secret = (createdAt: number): Secret => existingSecret({ name: "a", createdAt, versions: [] }, PLACE);
const { arn } = secret(0);

describe("AgedView", () => {
  it("shows the state of some time ago, and deletions", () => {
    const view = new AgedView(() => 100);
    view.record(arn, secret(1), 0);
    view.record(arn, secret(2), 50);
    view.record(arn, undefined, 200);
    const seen = [99, 100, 149, 150, 299, 300].map((now) => view.at(now).get(arn)?.createdAt);
    expect(seen).toEqual([undefined, 1, 1, 2, 2, undefined]);
  });

  it("goes back when the age grows, and forward when it shrinks", () => {
    let ageMs = 0;
    const view = new AgedView(() => ageMs);
    view.record(arn, secret(1), 0);
    view.record(arn, secret(2), 50);
    const seen = [0, 30, 0].map((next) => {
      ageMs = next;
      return view.at(60).get(arn)?.createdAt;
    });
    expect(seen).toEqual([2, 1, 2]);
  });
});
