import type { Stage } from "../stage.ts";
import { prepareApiServerKill } from "./api-server-kill.ts";
import { prepareDatabaseCrash } from "./database-crash.ts";
import { prepareOperatorKills } from "./operator-kills.ts";
import type { PreparedBreak } from "./prepared-break.ts";

/** The parts that `--break` can break. */
export const BREAKABLE = ["database", "operator", "api-server"] as const;
/** A part that `--break` can break. */
export type Breakable = (typeof BREAKABLE)[number];

/** How a part is broken. */
export interface Break {
  /** The failure in one sentence of at most 79 characters. */
  readonly says: string;
  /** Prepares the failure for the next rotation. */
  prepare(stage: Stage): Promise<PreparedBreak>;
}

/** All failures that the demo can show. */
export const BREAKS: Readonly<Record<Breakable, Break>> = {
  database: {
    says: "PostgreSQL crashes while a password is changed, and recovers by itself.",
    prepare: prepareDatabaseCrash,
  },
  operator: {
    says: "The operator is killed twice, each time between a call and its answer.",
    prepare: prepareOperatorKills,
  },
  "api-server": {
    says: "The API server is killed in the middle of the rollout, and started again.",
    prepare: prepareApiServerKill,
  },
};
