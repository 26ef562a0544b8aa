import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LaggingView } from "./lagging-view.ts";
import { emptySecret } from "./new-secret.ts";
import type { Secret } from "./secret.ts";

const ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf";

function secret(lastChangedAt: number): Secret {
  const context = { region: "eu-west-1", accountId: "111122223333", now: 0, arnSuffix: () => "AbCdEf" };
  return { ...emptySecret({ Name: "a" }, context), lastChangedAt };
}

function viewWithLags(...lags: readonly number[]): LaggingView {
  const rest = [...lags];
  return new LaggingView(() => rest.shift() ?? 0);
}

describe("LaggingView", () => {
  it("shows a change when its lag is over, also a deletion", () => {
    const view = viewWithLags(100, 200);
    view.record(ARN, secret(1), 0);
    view.record(ARN, undefined, 100);
    expect(view.at(99).get(ARN)).toBeUndefined();
    expect(view.at(100).get(ARN)).toEqual(secret(1));
    expect(view.at(299).get(ARN)).toEqual(secret(1));
    expect(view.at(300).has(ARN)).toBe(false);
  });

  it("never goes back when a later change was visible first", () => {
    const view = viewWithLags(900, 200);
    view.record(ARN, secret(1), 0);
    view.record(ARN, secret(2), 100);
    expect(view.at(300).get(ARN)).toEqual(secret(2));
    expect(view.at(900).get(ARN)).toEqual(secret(2));
  });

  it("shows everything in the end, in order, with any lags", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (lags) => {
        const view = viewWithLags(...lags);
        for (const n of lags.keys()) view.record(ARN, secret(n), 0);
        const seen = Array.from({ length: 101 }, (_, n) => view.at(n * 10).get(ARN)?.lastChangedAt ?? -1);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.at(-1)).toBe(lags.length - 1);
      }),
    );
  });
});
