// @ts-check

const EVERY_MS = 5_000;

/** Says something about the set-up; on stderr, because stdout belongs to the program that is set up for. @param {string} line */
export function say(line) {
  process.stderr.write(`[set-up] ${line}\n`);
}

/**
 * Does a piece of work that takes a while and says that it goes on, every 5 s, and how long it took.
 * @template T
 * @param {string} what such as "building etcd"
 * @param {() => Promise<T>} work
 * @param {() => string} [detail] how far it is
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
