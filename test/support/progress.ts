/** After this time, and each time again, a step that goes on says so. */
const STILL_MS = 10_000;

/** Prints what a run does, with the time since its start. */
export class Progress {
  readonly #start = Date.now();
  readonly #print: (line: string) => void;

  /** @param print takes a whole line, without its end */
  constructor(print: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.#print = print;
  }

  /** Prints one line. */
  say(line: string): void {
    this.#print(`${seconds(Date.now() - this.#start).padStart(9)}  ${line}`);
  }

  /** Prints what is about to be done, and every ten seconds that it still goes on. */
  async during<T>(step: string, work: () => Promise<T>): Promise<T> {
    this.say(step);
    const start = Date.now();
    const timer = setInterval(() => this.say(`... for ${seconds(Date.now() - start)}`), STILL_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
