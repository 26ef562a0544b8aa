import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { RotationError, toRotationError } from "../rotation-error.ts";
import { type StepOwner, StepReport } from "./step-report.ts";

/** The log line of a report. */
function lineOf(
  tell: (report: StepReport) => void,
  { step }: Pick<StepOwner, "step"> = { step: "setSecret" },
): Readonly<Record<string, unknown>> {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  tell(new StepReport(pino({ base: null }, sink), { functionName: "rotator", step }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "");
}

describe("a step's line", () => {
  it("also holds metrics by function and step", () => {
    expect(lineOf((report) => report.ended("done"))).toMatchObject({
      outcome: "done",
      functionName: "rotator",
      durationMs: expect.any(Number),
      failures: 0,
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "RotatedSecrets",
            Dimensions: [["functionName"], ["functionName", "step"]],
            Metrics: [
              { Name: "durationMs", Unit: "Milliseconds" },
              { Name: "failures", Unit: "Count" },
            ],
          },
        ],
      },
    });
  });

  it("of a failure is also counted by reason", () => {
    const line = lineOf((report) => report.failed(new RotationError("privilege", "what to do")));
    expect(line).toMatchObject({ outcome: "failed", reason: "privilege", failures: 1, msg: "what to do" });
    expect(line).not.toHaveProperty("stack");
    expect(line["_aws"]).toMatchObject({
      CloudWatchMetrics: [
        { Dimensions: [["functionName"], ["functionName", "step"], ["functionName", "reason"]] },
      ],
    });
  });

  it("of a call without a step is counted by function and reason", () => {
    const line = lineOf((report) => report.failed(new RotationError("settings", "no event")), {
      step: undefined,
    });
    expect(line).toMatchObject({ outcome: "failed", reason: "settings", failures: 1 });
    expect(line["_aws"]).toMatchObject({
      CloudWatchMetrics: [{ Dimensions: [["functionName"], ["functionName", "reason"]] }],
    });
  });

  it("of a bug shows its place, and nothing from the error's message", () => {
    const line = lineOf((report) => report.failed(toRotationError(new TypeError("planted"))));
    expect(line).toMatchObject({ reason: "bug", stack: expect.stringContaining("step-report.test.ts") });
    expect(JSON.stringify(line)).not.toContain("planted");
  });
});
