import type { Change, Cost, Figures } from "../figures.ts";

const cost: Cost = {
  seconds: 10,
  awsCalls: { BatchGetSecretValue: 50, ListSecrets: 10 },
  apiRequests: { "patch /secrets": 1_000, "patch rotatedsecrets.dev/rotatedsecrets/status": 1_000 },
  operatorCpuSeconds: 2,
  apiServerCpuSeconds: 3,
  rssMiB: 120,
  peakRssMiB: 130,
};
const atRest: Cost = {
  ...cost,
  seconds: 60,
  apiRequests: { "watch /secrets": 2, "patch coordination.k8s.io/leases": 30 },
};
const change: Change = { ...cost, secondsToNoticed: 58, secondsToCarried: 4 };
/** Figures of an imagined run. */
export const sampleFigures: Figures = {
  startedAt: "2026-01-31T15:04:05.000Z",
  machine: { cpus: 2, model: "A", memoryGiB: 8, node: "24.0.0", loadBefore: 0.5, loadAfter: 1.5 },
  n: 1_000,
  awsLatencyMs: 15,
  settings: { workers: "4" },
  bareLoop: { seconds: 2, cpuSeconds: 1, apiServerCpuSeconds: 2 },
  coldStart: { ...cost, secondsToSecrets: 6 },
  rest: atRest,
  singleChange: change,
  burst: change,
};
