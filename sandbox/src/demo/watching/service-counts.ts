import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Counts, NO_COUNTS } from "../../samples/web-service/tally.ts";

const count = z.int().min(0);
const lineSchema = z.object({
  counts: z.object({ queries: count, failedQueries: count, logins: count, failedLogins: count }),
});

/** More bytes than the longest line has. */
const TAIL_BYTES = 4_096;

/**
 * The sum of the counts of all pods of the namespace, ended ones included. It reads the containers' logs, as a log collector
 * on the node does: each process writes its counts once a second, at each failure and at its end.
 */
export async function countServices(logDir: string, namespace: string): Promise<Counts> {
  const files = await readdir(logDir, { recursive: true });
  const logs = files.filter((file) => file.startsWith(`${namespace}_`) && file.endsWith(".log"));
  const counts = await Promise.all(logs.map((log) => lastCounts(join(logDir, log))));
  return counts.reduce(sum, NO_COUNTS);
}

async function lastCounts(log: string): Promise<Counts> {
  const lines = (await tail(log)).split("\n");
  for (const line of lines.reverse()) {
    const counts = countsOf(line);
    if (counts !== undefined) return counts;
  }
  return NO_COUNTS;
}

/** The counts in a line; undefined where the line is cut off or another one. */
function countsOf(line: string): Counts | undefined {
  if (!line.startsWith("{") || !line.endsWith("}")) return undefined;
  return lineSchema.safeParse(JSON.parse(line)).data?.counts;
}

async function tail(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size <= TAIL_BYTES) return await readFile(path, "utf8");
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, size - TAIL_BYTES);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The counts since an earlier moment. */
export function countsSince(earlier: Counts, now: Counts): Counts {
  return {
    queries: now.queries - earlier.queries,
    failedQueries: now.failedQueries - earlier.failedQueries,
    logins: now.logins - earlier.logins,
    failedLogins: now.failedLogins - earlier.failedLogins,
  };
}

function sum(a: Counts, b: Counts): Counts {
  return {
    queries: a.queries + b.queries,
    failedQueries: a.failedQueries + b.failedQueries,
    logins: a.logins + b.logins,
    failedLogins: a.failedLogins + b.failedLogins,
  };
}
