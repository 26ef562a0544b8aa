import { Counter, Histogram, type Registry } from "prom-client";
import type { CallObserver } from "../aws/calls/aws-caller.ts";
import { LabelValues } from "./label-values.ts";

/** From a fast answer to the deadline of a call with its retries, in seconds. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** AWS documents a dozen error codes for each operation, and common ones; a proxy on the way may have its own. */
const MOST_CODES = 40;

/** Counts calls of AWS by operation and code (`OK`, or AWS's error code), and how long they took. */
export function awsMetrics(registry: Registry): CallObserver {
  const calls = new Counter({
    name: "rotated_secrets_aws_requests_total",
    help: "Calls of AWS by operation and code.",
    labelNames: ["operation", "code"],
    registers: [registry],
  });
  const time = new Histogram({
    name: "rotated_secrets_aws_request_duration_seconds",
    help: "How long calls of AWS take, retries included.",
    labelNames: ["operation"],
    buckets: BUCKETS,
    registers: [registry],
  });
  const codes = new LabelValues(MOST_CODES);
  return (operation, code, ms) => {
    calls.inc({ operation, code: codes.of(code) });
    time.observe({ operation }, ms / 1_000);
  };
}
