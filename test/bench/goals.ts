import { type Figures, total } from "./figures.ts";
import { workRequests } from "./upkeep.ts";

/** How many RotatedSecrets the goals are set for. */
export const GOAL_N = 1_000;

const MINUTE_S = 60;

/** A figure that must not be exceeded. */
export interface Goal {
  readonly name: string;
  readonly most: number;
  readonly unit: string;
  readonly read: (figures: Figures) => number;
}

/** The goals, on two processors that nothing else uses. */
export const GOALS: readonly Goal[] = [
  { name: "cold start", most: 5, unit: "s", read: ({ coldStart }) => coldStart.secondsToSecrets },
  {
    name: "calls of AWS in a cold start",
    most: 70,
    unit: "calls",
    read: ({ coldStart }) => total(coldStart.awsCalls),
  },
  {
    name: "API requests a secret in a cold start",
    most: 2.2,
    unit: "requests",
    read: ({ coldStart, n }) => total(coldStart.apiRequests) / n,
  },
  {
    name: "API requests at rest, except watches, lease and tokens",
    most: 0,
    unit: "requests",
    read: ({ rest }) => workRequests(rest),
  },
  {
    name: "CPU time a minute at rest",
    most: 0.5,
    unit: "s",
    read: ({ rest }) => (rest.operatorCpuSeconds * MINUTE_S) / rest.seconds,
  },
  { name: "memory at rest", most: 140, unit: "MiB", read: ({ rest }) => rest.rssMiB },
];
