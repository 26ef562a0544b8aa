// A small web service, as an application team would write it. It reads its database credential once, at its start, and
// queries PostgreSQL all the time, over pooled connections and over new ones. It never retries: each error counts.
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { BoundSocket } from "./web-service/bound-socket.ts";
import { readCredential } from "./web-service/credential.ts";
import { printTally, Tally } from "./web-service/tally.ts";

const POOLED_CONNECTIONS = 2;
const PAUSE_MS = { pooled: 50, newConnection: 200 };
const TIMEOUT_MS = 5_000;
const { POD_IP = "127.0.0.1", POD_NAME = "web-service", PORT = "8080" } = process.env;

const connection: pg.ClientConfig = {
  ...(await readCredential(process.env)),
  application_name: POD_NAME,
  connectionTimeoutMillis: TIMEOUT_MS,
  query_timeout: TIMEOUT_MS,
  // The server's log and pg_stat_activity then show which pod a connection is from.
  stream: () => new BoundSocket(POD_IP),
};
const tally = new Tally(printTally);
const pool = new pg.Pool({ ...connection, max: POOLED_CONNECTIONS, idleTimeoutMillis: 0 });
pool.on("connect", () => tally.loggedIn());
pool.on("error", (error) => tally.failed(error));

const stopping = new AbortController();
const server = createServer((request, response) => {
  // Ready after the first login: a pod with a wrong credential gets no traffic, and its rollout stops.
  const ready = request.url === "/healthz" && tally.counts.logins > 0 && !stopping.signal.aborted;
  response.writeHead(ready ? 200 : 503).end();
}).listen(Number(PORT), POD_IP);

const printing = setInterval(() => printTally(tally.counts), 1_000);
const work = [
  ...Array.from({ length: POOLED_CONNECTIONS }, () => keepOn(PAUSE_MS.pooled, queryPooled)),
  keepOn(PAUSE_MS.newConnection, queryOverNewConnection),
];
process.once("SIGTERM", () => void stop());

/** Finishes the running queries, starts no more, and closes all connections. */
async function stop(): Promise<void> {
  stopping.abort();
  await Promise.all(work);
  await pool.end();
  clearInterval(printing);
  printTally(tally.counts);
  server.close();
  server.closeAllConnections();
}

async function keepOn(pauseMs: number, query: () => Promise<void>): Promise<void> {
  while (!stopping.signal.aborted) {
    await tally.count(query);
    await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

async function queryPooled(): Promise<void> {
  await pool.query("SELECT now()");
}

async function queryOverNewConnection(): Promise<void> {
  const client = new pg.Client(connection);
  // The promises report every failure. Without a listener the event would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    tally.loggedIn();
    await client.query("SELECT now()");
  } finally {
    await client.end().catch(() => {});
  }
}
