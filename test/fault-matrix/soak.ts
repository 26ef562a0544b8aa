import { type Cell, cellsOf, nameOf, type Outcome, recordCalls, runCell } from "./cell.ts";
import { COURSES } from "./course.ts";
import { Ground } from "./ground.ts";
import type { Results } from "./table.ts";

/** Times that a cell is tried whose call does not come, before it is left out. */
const TRIES = 2;

/** The result of a soak. */
export interface Soaked {
  readonly results: Results;
  /** Stops the sandboxes. @throws where a secret value can be read in what they have said */
  end(): Promise<void>;
}

/** Runs the whole matrix, or the cells whose names have `only` in them. `tell` hears of each step. */
export async function soak(options: {
  readonly lanes: number;
  readonly only: string;
  readonly tell: (line: string) => void;
}): Promise<Soaked> {
  const { lanes, only, tell } = options;
  tell("a sandbox is being started, to record the calls");
  const first = await Ground.make();
  const cells = (await recorded(first, tell)).filter((cell) => nameOf(cell).includes(only));
  tell(`${cells.length} cells, on ${lanes} sandboxes`);
  const queue = cells.entries();
  const results = new Map<Cell, Outcome>();
  const work = async (lane: Lane) => {
    for (const [index, cell] of queue) {
      const outcome = await lane.run(cell);
      results.set(cell, outcome);
      tell(`${index + 1}/${cells.length} ${nameOf(cell)}: ${textOf(outcome)}`);
    }
  };
  const all = Array.from({ length: lanes }, (_, lane) => new Lane(lane === 0 ? first : undefined));
  await Promise.all(all.map(work));
  const end = async () => {
    tell("the sandboxes are being stopped, after a search for secret values in all that they have said");
    for (const lane of all) await lane.end();
  };
  const inOrder = cells.flatMap((cell) => {
    const outcome = results.get(cell);
    return outcome === undefined ? [] : [[cell, outcome] as const];
  });
  return { results: inOrder, end };
}

/** The calls that come each of two times: how often AWS is asked besides depends on the moment. */
async function recorded(ground: Ground, tell: (line: string) => void): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const course of COURSES) {
    const other = new Set(await recordCalls(ground, course));
    const made = (await recordCalls(ground, course)).filter((call) => other.has(call));
    tell(`a ${course} makes ${made.length} calls: ${made.join(", ")}`);
    cells.push(...cellsOf(course, made));
  }
  return cells;
}

/**
 * Runs cells one after the other, on ground that is created again after a failed cell. The ground is removed when
 * all lanes are through: looking for values in its logs keeps this process, with the proxies of the other lanes, busy.
 */
class Lane {
  #ground: Ground | undefined;
  readonly #used: Ground[] = [];

  constructor(ground: Ground | undefined) {
    this.#ground = ground;
    if (ground !== undefined) this.#used.push(ground);
  }

  async run(cell: Cell): Promise<Outcome> {
    let outcome: Outcome = { kind: "not called" };
    for (let tries = 0; tries < TRIES && outcome.kind === "not called"; tries += 1) {
      this.#ground ??= await this.#make();
      outcome = await runCell(this.#ground, cell);
    }
    if (outcome.kind === "failed") this.#ground = undefined;
    return outcome;
  }

  /** @throws where a secret value can be read */
  async end(): Promise<void> {
    for (const ground of this.#used) await ground.end();
  }

  async #make(): Promise<Ground> {
    const ground = await Ground.make();
    this.#used.push(ground);
    return ground;
  }
}

function textOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case "settled":
      return `settled after ${outcome.seconds.toFixed(1)} s`;
    case "not called":
      return "the call did not come";
    case "failed":
      return `FAILED: ${outcome.problems.join("; ")}`;
  }
}
