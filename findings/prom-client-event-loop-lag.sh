#!/usr/bin/env bash
source "$(dirname "$0")/support/finding.sh"
about <<'TEXT'
prom-client 15.1.3, its default metrics
Guess: reading /metrics changes nothing, so that two Prometheus servers may scrape one process.
Seen:  nodejs_eventloop_lag_max_seconds and _p99_seconds start again with each scrape. The server that comes first sees that
       the event loop was blocked, and the other one does not.
TEXT

npm_packages prom-client@15.1.3
expect "$(node_program <<'JS'
import { setTimeout as pause } from "node:timers/promises";
import { collectDefaultMetrics, register } from "prom-client";

collectDefaultMetrics();
async function blocked() {
  const lags = [...(await register.metrics()).matchAll(/^nodejs_eventloop_lag_(max|p99)_seconds (.*)$/gm)];
  return lags.map(([, name, lag]) => `${name} ${Number(lag) > 0.25 ? "above" : "below"} 250 ms`).join(", ");
}

await pause(100);
const end = Date.now() + 400;
while (Date.now() < end);
await pause(100);
console.log("first server: ", await blocked());
console.log("second server:", await blocked());
JS
)" <<'SEEN'
first server:  max above 250 ms, p99 above 250 ms
second server: max below 250 ms, p99 below 250 ms
SEEN
