// @ts-check

const EVERY_MS = 5_000;

/** Prints a line about the set-up to stderr, because stdout belongs to the program. @param {string} line */
export function say(line) {
  process.stderr.write(`[set-up] ${line}\n`);
}

/**
 * Does work that takes a while. Prints every 5 s that it continues, and at the end how long it took.
 * @template T
 * @param {string} what for example "building etcd"
 * @param {() => Promise<T>} work
 * @param {() => string} [detail] its progress
 * @returns {Promise<T>}
 */
export async function withProgress(what, work, detail = () => "") {
  const start = Date.now();
  const elapsed = () => {
    const seconds = Math.round((Date.now() - start) / 1000);
    return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  };
  say(`${what} ...`);
  const timer = setInterval(() => {
    const far = detail();
    say(`${what}: ${elapsed()}${far && `, ${far}`}`);
  }, EVERY_MS);
  try {
    const result = await work();
    say(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}
