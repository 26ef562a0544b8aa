/** CloudWatch namespace of the function's metrics. */
export const NAMESPACE = "RotatedSecrets";

/**
 * The part of a log line that makes CloudWatch read metrics from the line, without a call: `durationMs` and `failures` (0 or
 * 1) of a step. AWS: CloudWatch embedded metric format specification.
 * @param dimensions names of fields of the line. The metrics are counted by the first, and by the first with each other one.
 * Use only fields with few values (steps, kinds of RotationError). To find a secret, search the log.
 */
export function embeddedMetrics(dimensions: readonly string[]): object {
  const [whole = "", ...parts] = dimensions;
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
