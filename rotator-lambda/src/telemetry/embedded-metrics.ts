/** The namespace of the function's metrics in CloudWatch. */
export const NAMESPACE = "RotatedSecrets";

/**
 * What makes CloudWatch read metrics out of a log line, without a call: `durationMs` and `failures` (0 or 1) of a step, for
 * the function as a whole and by each further member of the line that is named. Their values are few: four steps, and the
 * kinds of RotationError; secrets are found by the log line. AWS: CloudWatch embedded metric format specification.
 */
export function embeddedMetrics([whole, ...parts]: readonly string[]): object {
  return {
    Timestamp: Date.now(),
    CloudWatchMetrics: [
      {
        Namespace: NAMESPACE,
        Dimensions: [[whole], ...parts.map((part) => [whole, part])],
        Metrics: [
          { Name: "durationMs", Unit: "Milliseconds" },
          { Name: "failures", Unit: "Count" },
        ],
      },
    ],
  };
}
