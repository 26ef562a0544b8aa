import { textTable } from "@rotated-secrets/sandbox/text-table";
import { type Cost, type Counts, type Figures, total } from "./figures.ts";
import { GOAL_N, GOALS } from "./goals.ts";

const amount = (count: number) => count.toLocaleString("en-US");
const seconds = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} s`;
const mebibytes = (value: number) => `${value.toFixed(0)} MiB`;

/** The figures as people read them. */
export function report(figures: Figures): string {
  const { n, machine } = figures;
  const settings = Object.entries(figures.settings).map(([name, value]) => `, ${name}=${value}`);
  return [
    `${amount(n)} RotatedSecrets, AWS latency ${figures.awsLatencyMs} ms${settings.join("")}; ${machine.cpus} CPUs (${machine.model}), ` +
      `load ${machine.loadBefore.toFixed(1)} before and ${machine.loadAfter.toFixed(1)} after`,
    "",
    ...textTable([HEAD, bareRow(figures), ...phasesOf(figures).map((phase) => phaseRow(phase, n))]),
    "",
    ...textTable([["phase", "AWS calls", "API requests"], ...phasesOf(figures).map(kindsRow)]),
    "",
    ...comparison(figures),
    ...goals(figures),
  ].join("\n");
}

const HEAD = [
  "phase",
  "time",
  "AWS calls",
  "API requests",
  "a secret",
  "operator CPU",
  "API server CPU",
  "memory",
];

interface Phase {
  readonly name: string;
  readonly time: string;
  readonly cost: Cost;
}

function phasesOf({ coldStart, rest, singleChange, burst }: Figures): readonly Phase[] {
  const noticed = (change: Figures["burst"]) =>
    `${seconds(change.secondsToCarried)} after ${seconds(change.secondsToNoticed)}`;
  return [
    { name: "cold start", time: seconds(coldStart.secondsToSecrets), cost: coldStart },
    { name: "rest", time: seconds(rest.seconds), cost: rest },
    { name: "single change", time: noticed(singleChange), cost: singleChange },
    { name: "burst", time: noticed(burst), cost: burst },
  ];
}

function bareRow({ bareLoop, n }: Figures): readonly string[] {
  const { cpuSeconds, apiServerCpuSeconds } = bareLoop;
  const cpu = [seconds(cpuSeconds), seconds(apiServerCpuSeconds)];
  return ["bare loop", seconds(bareLoop.seconds), "", amount(n), "1.00", ...cpu, ""];
}

function phaseRow({ name, time, cost }: Phase, n: number): readonly string[] {
  const requests = total(cost.apiRequests);
  return [
    name,
    time,
    amount(total(cost.awsCalls)),
    amount(requests),
    (requests / n).toFixed(2),
    seconds(cost.operatorCpuSeconds),
    seconds(cost.apiServerCpuSeconds),
    `${mebibytes(cost.rssMiB)}, most ${mebibytes(cost.peakRssMiB)}`,
  ];
}

function kindsRow({ name, cost }: Phase): readonly string[] {
  const list = (counts: Counts) =>
    Object.entries(counts)
      .map(([kind, count]) => `${amount(count)} ${kind}`)
      .join(", ") || "none";
  return [name, list(cost.awsCalls), list(cost.apiRequests)];
}

/** Ratios, which depend less on the machine than seconds do. */
function comparison({ bareLoop, coldStart, burst }: Figures): readonly string[] {
  const times = (value: number, bare: number) => (value / bare).toFixed(1);
  return [
    `Against the bare loop: cold start takes ${times(coldStart.secondsToSecrets, bareLoop.seconds)} times as long ` +
      `and ${times(coldStart.operatorCpuSeconds, bareLoop.cpuSeconds)} times the CPU, ` +
      `a burst ${times(burst.secondsToCarried, bareLoop.seconds)} times as long from when it is noticed.`,
  ];
}

function goals(figures: Figures): readonly string[] {
  if (figures.n !== GOAL_N) return [];
  const rows = GOALS.map(({ name, most, unit, read }) => {
    const value = read(figures);
    return [name, `${most} ${unit}`, `${Number(value.toFixed(2))} ${unit}`, value <= most ? "met" : "MISSED"];
  });
  return ["", ...textTable([[`goal at ${amount(GOAL_N)}`, "at most", "is", ""], ...rows])];
}
