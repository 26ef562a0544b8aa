import { expect, it } from "vitest";
import { type Report, shortfalls } from "./report.ts";

const GOOD: Report = {
  rotations: 3,
  queries: 5_000,
  failedLogins: 0,
  failedQueries: 0,
  secondsToSecret: [1, 1, 1],
  secondsToRolledOut: [5, 5, 5],
  podsOnOldVersion: 0,
};
const standIn = { copyEverySeconds: 30, secondsBetweenRotations: 10, rotations: 3, queries: 5_000 };

it.each<[string, Partial<Report>, readonly string[]]>([
  ["nothing", {}, []],
  ["a rotation that is missing", { rotations: 2 }, ["2 of 3 rotations ended well"]],
  ["too few queries", { queries: 1_000 }, ["1000 queries are too few to prove anything"]],
  ["a failed login", { failedLogins: 1, failedQueries: 1 }, ["1 logins failed", "1 queries failed"]],
  ["a pod on an old version", { podsOnOldVersion: 1 }, ["1 pods were left on an old version"]],
  [
    "nothing where queries failed while the database was down",
    { failedQueries: 7, break: { part: "database", failedQueries: 7, rotationsInAws: 3 } },
    [],
  ],
  [
    "a query that failed at another time",
    { failedQueries: 8, break: { part: "database", failedQueries: 7, rotationsInAws: 3 } },
    ["1 queries failed"],
  ],
  [
    "a rotation that AWS began twice",
    { break: { part: "operator", failedQueries: 0, rotationsInAws: 4 } },
    ["AWS began 4 rotations"],
  ],
  ["nothing where the stand-in failed", { standIn: { ...standIn, failedQueries: 9, failedLogins: 9 } }, []],
])("the shortfall is %s", (_what, differing, expected) => {
  expect(shortfalls({ ...GOOD, ...differing })).toEqual(expected);
});
