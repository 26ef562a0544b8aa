// @ts-check

const PREFIX = "[set-up] ";
/** How often a pipe gets a line about work that continues. */
const LINE_EVERY_MS = 5_000;
/** How often the line of a terminal is drawn again. */
const REDRAW_EVERY_MS = 500;
const CLEAR_LINE = "\r\u001b[K";

/**
 * Where progress is shown.
 * @typedef {{write(text: string): unknown, readonly isTTY?: boolean, readonly columns?: number}} Output
 */

/**
 * Reports the set-up.
 * @typedef {object} Progress
 * @property {(line: string) => void} say prints one line, which stays
 * @property {<T>(what: string, work: () => Promise<T>, detail?: () => string) => Promise<T>} withProgress
 *   does work that takes a while, such as "building etcd"; shows that it continues, its progress (`detail`), and how long it took
 */

/**
 * Progress on an output: on a terminal one line that is updated for all work under way, elsewhere a line every 5 s.
 * @param {Output} output
 * @returns {Progress}
 */
export function progressOn(output) {
  const shown = output.isTTY ? updatingLine(output) : plainLines(output);
  return {
    say: (line) => shown.say(line),
    async withProgress(what, work, detail = () => "") {
      const start = Date.now();
      const elapsed = () => duration(Date.now() - start);
      const end = shown.begin(what, () => {
        const far = detail();
        return `${what}: ${elapsed()}${far && `, ${far}`}`;
      });
      try {
        const result = await work();
        end();
        shown.say(`${what}: done in ${elapsed()}`);
        return result;
      } finally {
        end();
      }
    },
  };
}

/**
 * How one kind of output shows progress. `begin` returns a function that ends the work; ending it twice is fine.
 * @typedef {{say(line: string): void, begin(what: string, state: () => string): () => void}} Shown
 */

/** @param {Output} output @returns {Shown} */
function plainLines(output) {
  const say = (/** @type {string} */ line) => void output.write(`${PREFIX}${line}\n`);
  return {
    say,
    begin(what, state) {
      say(`${what} ...`);
      const timer = setInterval(() => say(state()), LINE_EVERY_MS);
      return () => clearInterval(timer);
    },
  };
}

/** @param {Output} output @returns {Shown} */
function updatingLine(output) {
  /** @type {Set<() => string>} */
  const working = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const draw = () => {
    const [oldest, ...others] = working;
    const more = others.length > 0 ? ` (and ${others.length} more)` : "";
    const line = oldest === undefined ? "" : `${PREFIX}${oldest()}${more}`;
    output.write(CLEAR_LINE + cut(line, (output.columns || 80) - 1));
  };
  return {
    say(line) {
      output.write(`${CLEAR_LINE}${wrap(`${PREFIX}${line}`, (output.columns || 80) - 1).join("\n")}\n`);
      draw();
    },
    begin(_what, state) {
      working.add(state);
      draw();
      timer ??= setInterval(draw, REDRAW_EVERY_MS);
      return () => {
        if (!working.delete(state)) return;
        draw();
        if (working.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

/** @param {number} ms */
function duration(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Breaks a line between words. @param {string} text @param {number} width */
function wrap(text, width) {
  const [first = "", ...words] = text.split(" ");
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(" ".repeat(PREFIX.length) + word);
  }
  return lines;
}

/** @param {string} text @param {number} width */
function cut(text, width) {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

// On stderr, because stdout belongs to the program that is set up.
export const { say, withProgress } = progressOn(process.stderr);
