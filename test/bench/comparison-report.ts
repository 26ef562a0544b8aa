import { textTable } from "@rotated-secrets/sandbox/text-table";
import type { Compared } from "./comparison.ts";
import type { Figures } from "./figures.ts";

const HEAD = ["phase", "figure", "ours", "theirs", "ours:theirs", "least", "most"];

/** A comparison as people read it. @param rounds how often each build was measured @param run any run of it */
export function comparisonReport(compared: readonly Compared[], rounds: number, run: Figures): string {
  const { n, machine, awsLatencyMs } = run;
  const settings = Object.entries(run.settings).map(([name, value]) => `, ${name}=${value}`);
  return [
    `${n.toLocaleString("en-US")} RotatedSecrets, AWS latency ${awsLatencyMs} ms${settings.join("")}; ` +
      `${machine.cpus} CPUs (${machine.model}); rounds: ${rounds}`,
    "ours and theirs are medians of the rounds. The ratio is the median of the rounds' ratios; below 1.00 this build is better.",
    "The bare loop runs without an operator: its ratio shows how even the machine was.",
    "",
    ...textTable([HEAD, ...compared.map(row)]),
  ].join("\n");
}

function row(compared: Compared): readonly string[] {
  const { phase, name, ours, theirs, ratio } = compared;
  const ratios = ratio === undefined ? ["-"] : [ratio.median, ratio.min, ratio.max].map((n) => n.toFixed(2));
  return [phase, name, amount(ours, compared), amount(theirs, compared), ...ratios];
}

const EXACT_BELOW = 10;

function amount(value: number, { unit }: Compared): string {
  const digits = value < EXACT_BELOW && !Number.isInteger(value) ? 2 : unit === "s" ? 1 : 0;
  const text = value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return unit === "" ? text : `${text} ${unit}`;
}
