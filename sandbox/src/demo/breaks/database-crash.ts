import pg from "pg";
import { PAYMENTS } from "../../samples/payments.ts";
import { PODS } from "../../samples/services.ts";
import { userOf } from "../rotation.ts";
import { currentMoves, type Stage } from "../stage.ts";
import { countServices } from "../watching/service-counts.ts";
import { asSuperuser, superuserClient } from "../watching/superuser.ts";
import { waitFor } from "../watching/wait-for.ts";
import type { Outage, PreparedBreak } from "./prepared-break.ts";

/** The rotation function's session while it waits for the role that it wants to change. */
const WAITING_SESSION = `
  SELECT pid FROM pg_stat_activity WHERE application_name = 'rotated-secrets' AND wait_event_type = 'Lock'`;
/** Addresses other than the machine's own, which are those of pods, with a session that began after a time (ms). */
const PODS_SINCE = `
  SELECT DISTINCT client_addr FROM pg_stat_activity
  WHERE client_addr <> '127.0.0.1' AND usename IS NOT NULL AND backend_start > to_timestamp($1 / 1000.0)`;

/**
 * Kills the process of PostgreSQL that serves setSecret. The server then ends all sessions, recovers, and accepts logins
 * again. An open transaction on the same role makes sure that the function is in the middle of its change.
 */
export async function prepareDatabaseCrash(stage: Stage): Promise<PreparedBreak> {
  const removed = new AbortController();
  const signal = AbortSignal.any([stage.signal, removed.signal]);
  const holder = await holdRole(stage, await nextUser(stage));
  return {
    over: crash({ ...stage, signal }),
    remove: async () => {
      removed.abort();
      // Its session ended in the crash.
      await holder.end().catch(() => {});
    },
  };
}

/** The user that the next rotation gives a password to. */
async function nextUser(stage: Stage): Promise<string> {
  const { user, versionId } = stage.secret;
  const current = await userOf(stage, currentMoves(stage).at(-1)?.versionId ?? versionId);
  return current === user ? `${user}_clone` : user;
}

/** A session whose transaction has changed the role, to the limit that it has already. */
async function holdRole({ sandbox }: Stage, user: string): Promise<pg.Client> {
  const client = superuserClient(sandbox.postgres);
  await client.connect();
  await client.query("BEGIN");
  await client.query(`ALTER ROLE ${pg.escapeIdentifier(user)} CONNECTION LIMIT -1`);
  return client;
}

async function crash(stage: Stage): Promise<Outage> {
  const { sandbox, screen } = stage;
  const { postgres } = sandbox;
  const pid = await waitFor(stage, "the rotation function is in the middle of setSecret", async () => {
    const [session] = await asSuperuser<{ pid: number }>(postgres, WAITING_SESSION);
    return session?.pid;
  });
  const before = await failedQueries(stage);
  const crashedAt = Date.now();
  process.kill(pid, "SIGKILL");
  screen.step("PostgreSQL crashes in the middle of setSecret, and all sessions are lost");
  await waitFor(stage, "all pods have logged in again", async () =>
    (await asSuperuser(postgres, PODS_SINCE, [crashedAt])).length >= PODS ? true : undefined,
  );
  const seconds = ((Date.now() - crashedAt) / 1_000).toFixed(1);
  const failed = (await failedQueries(stage)) - before;
  screen.step(`all ${PODS} pods are logged in again after ${seconds} s; ${failed} queries failed meanwhile`);
  return { failedQueries: failed };
}

async function failedQueries({ sandbox }: Stage): Promise<number> {
  return (await countServices(sandbox.node.logDir, PAYMENTS.namespace)).failedQueries;
}
