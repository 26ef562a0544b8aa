import { describe, expect, it } from "vitest";
import { podsNotLoggedInAs } from "./database-users.ts";

describe("pods that are not logged in as the new user", () => {
  it.each<[string, readonly [string, readonly string[]][], number]>([
    [
      "none where all are",
      [
        ["127.7.0.2", ["clone"]],
        ["127.7.1.3", ["clone"]],
      ],
      0,
    ],
    [
      "one that is logged in as the old user",
      [
        ["127.7.0.2", ["clone"]],
        ["127.7.1.3", ["payments"]],
      ],
      1,
    ],
    [
      "one that is logged in as both",
      [
        ["127.7.0.2", ["clone", "payments"]],
        ["127.7.1.3", ["clone"]],
      ],
      1,
    ],
    ["one that is not logged in at all", [["127.7.0.2", ["clone"]]], 1],
    [
      "no session from another address",
      [
        ["127.7.0.2", ["clone"]],
        ["127.7.1.3", ["clone"]],
        ["127.0.0.1", ["master"]],
      ],
      0,
    ],
  ])("are %s", (_what, sessions, count) => {
    const users = new Map(sessions.map(([address, names]) => [address, new Set(names)]));
    expect(podsNotLoggedInAs("clone", ["10.7.0.2", "10.7.1.3"], users)).toBe(count);
  });
});
