import { type Change, type Cost, type Figures, total } from "./figures.ts";
import { workRequests } from "./upkeep.ts";

/** A figure by which builds are compared. Less is better. */
export interface ComparedFigure {
  readonly phase: string;
  readonly name: string;
  /** Empty for counts. */
  readonly unit: "s" | "MiB" | "";
  readonly read: (figures: Figures) => number;
}

const MINUTE_S = 60;

/** All of them, by phase. The bare loop does not depend on the operator: its ratio shows how even the machine is. */
export const COMPARED_FIGURES: readonly ComparedFigure[] = [
  { phase: "bare loop", name: "time", unit: "s", read: ({ bareLoop }) => bareLoop.seconds },
  ...coldStart(),
  ...rest(),
  ...change("single change", ({ singleChange }) => singleChange, 1),
  ...change("burst", ({ burst }) => burst),
];

function coldStart(): readonly ComparedFigure[] {
  const phase = "cold start";
  return [
    { phase, name: "time to Secrets", unit: "s", read: (figures) => figures.coldStart.secondsToSecrets },
    ...work(phase, (figures) => figures.coldStart),
  ];
}

function rest(): readonly ComparedFigure[] {
  const phase = "rest";
  const aMinute = ({ rest }: Figures, amount: (cost: Cost) => number) =>
    (amount(rest) * MINUTE_S) / rest.seconds;
  return [
    {
      phase,
      name: "AWS calls a minute",
      unit: "",
      read: (all) => aMinute(all, ({ awsCalls }) => total(awsCalls)),
    },
    { phase, name: "API requests a minute", unit: "", read: (all) => aMinute(all, workRequests) },
    {
      phase,
      name: "operator CPU a minute",
      unit: "s",
      read: (all) => aMinute(all, (cost) => cost.operatorCpuSeconds),
    },
    { phase, name: "memory", unit: "MiB", read: (all) => all.rest.rssMiB },
    { phase, name: "most memory", unit: "MiB", read: (all) => all.rest.peakRssMiB },
  ];
}

/** @param secrets how many have changed; all of them if undefined */
function change(
  phase: string,
  changeOf: (figures: Figures) => Change,
  secrets?: number,
): readonly ComparedFigure[] {
  return [
    { phase, name: "time to notice", unit: "s", read: (all) => changeOf(all).secondsToNoticed },
    { phase, name: "time from there to Secrets", unit: "s", read: (all) => changeOf(all).secondsToCarried },
    ...work(phase, changeOf, secrets),
    { phase, name: "most memory", unit: "MiB", read: (all) => changeOf(all).peakRssMiB },
  ];
}

function work(
  phase: string,
  costOf: (figures: Figures) => Cost,
  secrets?: number,
): readonly ComparedFigure[] {
  return [
    { phase, name: "AWS calls", unit: "", read: (all) => total(costOf(all).awsCalls) },
    {
      phase,
      name: "API requests a secret",
      unit: "",
      read: (all) => workRequests(costOf(all)) / (secrets ?? all.n),
    },
    { phase, name: "operator CPU", unit: "s", read: (all) => costOf(all).operatorCpuSeconds },
  ];
}
