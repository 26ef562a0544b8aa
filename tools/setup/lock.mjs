// @ts-check
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "./is-alive.mjs";
import { say } from "./progress.mjs";

const TOUCH_EVERY_MS = 2_000;
const ABANDONED_MS = 60_000;
const ASK_EVERY_MS = 250;

/**
 * Runs `work` while no other process runs any under the same lock file. The lock is taken over if its owner is dead, or has
 * not touched it for a minute (machines may share a home folder).
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  await acquire(path, owner);
  const timer = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, TOUCH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if ((await readOrNothing(path)) === owner) await rm(path, { force: true });
  }
}

/** @param {string} path @param {string} owner */
async function acquire(path, owner) {
  const own = `${path}.${process.pid}`;
  // Written completely and then linked, so that no process reads half of it.
  await writeFile(own, owner);
  try {
    for (let waiting = false; !(await linked(own, path)); waiting = true) {
      const holder = await readOrNothing(path);
      if (holder === undefined) continue;
      if (await isAbandoned(path, holder)) {
        await takeAway(path, holder);
        continue;
      }
      if (!waiting) say(`waiting for another set-up: ${holder} holds ${path}`);
      await delay(ASK_EVERY_MS);
    }
  } finally {
    await rm(own, { force: true });
  }
}

/** @param {string} own @param {string} path */
async function linked(own, path) {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} path @param {string} holder */
async function isAbandoned(path, holder) {
  const { pid, host } = JSON.parse(holder);
  if (host === hostname() && !isAlive(pid)) return true;
  const touched = await stat(path).then(
    (file) => file.mtimeMs,
    () => Date.now(),
  );
  return Date.now() - touched > ABANDONED_MS;
}

/** Removes the lock of a dead owner, unless another waiter holds it already. @param {string} path @param {string} holder */
async function takeAway(path, holder) {
  if ((await readOrNothing(path)) !== holder) return;
  const away = `${path}.abandoned.${process.pid}`;
  await rename(path, away).catch(() => {});
  await rm(away, { force: true });
}

/** @param {string} path @returns {Promise<string | undefined>} */
async function readOrNothing(path) {
  return await readFile(path, "utf8").catch(() => undefined);
}
