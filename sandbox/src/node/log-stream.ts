import { type FileHandle, open } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pause } from "../pause.ts";
import type { ContainerLog } from "./pod-logs.ts";

const CHUNK = 64 * 1024;
const POLL_MS = 200;

/** The requested part of a log. */
export interface LogOptions {
  /** Only the last lines. */
  readonly tailLines?: number;
  /** Continue until the container has ended. */
  readonly follow: boolean;
}

/** Writes a container's log to `out` and ends `out`. An abort ends it early. */
export async function streamLog(
  log: ContainerLog,
  wish: LogOptions,
  out: Writable,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(log.path, "r");
  try {
    let position = wish.tailLines === undefined ? 0 : await startOfTail(file, wish.tailLines);
    for (;;) {
      // Checked before the read, so that output from before the end is never left out.
      const live = log.live;
      position = await copyFrom(file, position, out);
      if (!wish.follow || !live || signal.aborted) break;
      await pause(POLL_MS, signal);
    }
  } finally {
    await file.close();
    out.end();
  }
}

/** The offset at which the last `lines` lines begin, searched from the end. */
async function startOfTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(CHUNK);
  // The final line feed does not begin another line.
  let missing = lines + 1;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index--) {
      const endsLine = buffer[index] === 0x0a || (start + index === size - 1 && missing > lines);
      if (endsLine && --missing === 0) return start + index + 1;
    }
    end = start;
  }
  return 0;
}

async function copyFrom(file: FileHandle, from: number, out: Writable): Promise<number> {
  const buffer = Buffer.alloc(CHUNK);
  let position = from;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0 || out.destroyed) return position;
    position += bytesRead;
    if (!out.write(Buffer.from(buffer.subarray(0, bytesRead)))) await drained(out);
  }
}

function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      out.off("drain", done).off("close", done);
      resolve();
    };
    out.on("drain", done).on("close", done);
  });
}
