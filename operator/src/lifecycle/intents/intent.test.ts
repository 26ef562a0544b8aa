import { describe, expect, it } from "vitest";
import type { Instant } from "../../ports/fact.ts";
import { AWS_READ_LAG_MS } from "../timing.ts";
import { type IntentSituation, nextOfIntent } from "./intent.ts";

const NOW: Instant = Date.parse("2026-11-20T12:00:00Z");
const ID = "the-token";
const at = (msAgo: number) => new Date(NOW - msAgo).toISOString();

const justRecorded = { startedAt: at(0), attempts: 0 };
const recordedBefore = { startedAt: at(60_000), attempts: 0 };
const refused = (attempts: number, msAgo: number) => ({
  startedAt: at(3_600_000),
  attempts,
  lastAttemptAt: at(msAgo),
  lastError: "RotateSecret: AccessDeniedException",
});
const throttled = { kind: "unavailable", operation: "RotateSecret", code: "ThrottlingException" } as const;

function situation(change: Partial<IntentSituation>): IntentSituation {
  return {
    id: ID,
    record: justRecorded,
    progress: { kind: "none" },
    effect: "unknown",
    now: NOW,
    operatorStartedAt: NOW - 86_400_000,
    ...change,
  };
}

/** Where a process can end, and what the next one does. The call is never made while it may have been made unseen. */
describe("an intent, after each point where a process can end", () => {
  it.each<[string, Partial<IntentSituation>, string]>([
    [
      "recorded in this pass, and AWS does not have it",
      { progress: { kind: "recorded", id: ID }, effect: "absent" },
      "call",
    ],
    [
      "recorded in this pass, and AWS has it: another cluster had the same rotation due",
      { progress: { kind: "recorded", id: ID }, effect: "there" },
      "settle",
    ],
    [
      "recorded in this pass, and AWS did not say whether it has it",
      { progress: { kind: "recorded", id: ID } },
      "settle",
    ],
    ["accepted", { progress: { kind: "answered", id: ID, answer: { kind: "accepted" } } }, "follow"],
    [
      "already in progress",
      { progress: { kind: "answered", id: ID, answer: { kind: "inProgress" } } },
      "follow",
    ],
    [
      "answered by a problem",
      { progress: { kind: "answered", id: ID, answer: { kind: "problem", problem: throttled } } },
      "noteProblem",
    ],
    ["ended between record and call, a moment ago", { effect: "absent" }, "settle"],
    ["ended after the call, before its answer, a moment ago", { effect: "there" }, "settle"],
    ["ended between record and call, a while ago, nothing read since", { record: recordedBefore }, "verify"],
    [
      "ended between record and call, a while ago",
      { record: recordedBefore, effect: "absent" },
      "recordAgain",
    ],
    ["ended after the call, a while ago", { record: recordedBefore, effect: "there" }, "follow"],
    [
      "ended a while ago, and this process has just started",
      { record: recordedBefore, effect: "absent", operatorStartedAt: NOW - 1_000 },
      "settle",
    ],
    ["refused just now", { record: refused(1, 0), effect: "absent" }, "backOff"],
    ["refused for the first time, before its delay is over", { record: refused(1, 4_999) }, "backOff"],
    [
      "refused for the first time, after its delay",
      { record: refused(1, 5_000), effect: "absent" },
      "recordAgain",
    ],
    ["refused for the third time, before its delay is over", { record: refused(3, 19_999) }, "backOff"],
    [
      "refused for the third time, after its delay",
      { record: refused(3, 20_000), effect: "absent" },
      "recordAgain",
    ],
    [
      "refused very often: the delay has a bound",
      { record: refused(40, 600_000), effect: "absent" },
      "recordAgain",
    ],
    [
      "refused, and then taken up by AWS all the same",
      { record: refused(1, 60_000), effect: "there" },
      "follow",
    ],
    [
      "another intent was answered in this pass",
      { progress: { kind: "answered", id: "another", answer: { kind: "accepted" } } },
      "settle",
    ],
  ])("%s", (_, change, next) => {
    expect(nextOfIntent(situation(change)).next).toBe(next);
  });

  it("waits until AWS's reads can show the effect of a call", () => {
    expect(nextOfIntent(situation({}))).toEqual({ next: "settle", until: NOW + AWS_READ_LAG_MS });
    const restarted = situation({ record: recordedBefore, operatorStartedAt: NOW });
    expect(nextOfIntent(restarted)).toEqual({ next: "settle", until: NOW + AWS_READ_LAG_MS });
  });

  it("never calls in any situation in which this pass has not recorded it", () => {
    for (const record of [justRecorded, recordedBefore, refused(1, 0), refused(9, 3_600_000)])
      for (const effect of ["there", "absent", "unknown"] as const)
        expect(nextOfIntent(situation({ record, effect })).next).not.toBe("call");
  });
});
