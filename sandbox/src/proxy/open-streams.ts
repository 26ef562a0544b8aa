import type { ServerResponse } from "node:http";
import { type Readable, Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Call } from "./call.ts";
import type { Injected, WatchInjection } from "./fault.ts";

interface OpenStream {
  readonly call: Call;
  readonly gate: Gate;
  readonly response: ServerResponse;
}

/** The open streams, and the effects of faults on them. */
export class OpenStreams {
  readonly #open = new Set<OpenStream>();

  /** Forwards a stream to its end. @throws Error if either side breaks it off */
  async handOn(call: Call, body: Readable, response: ServerResponse): Promise<void> {
    const stream = { call, gate: new Gate(), response };
    this.#open.add(stream);
    try {
      await pipeline(body, stream.gate, response);
    } finally {
      this.#open.delete(stream);
    }
  }

  /** Applies the injection to all matching streams. */
  inject({ on, fault }: WatchInjection): Injected {
    const hit = [...this.#open].filter(({ call }) => on(call));
    for (const { gate, response } of hit) {
      switch (fault.kind) {
        case "cut":
          response.destroy();
          break;
        case "silence":
          gate.silent = true;
          break;
        case "lastEvent":
          // Anything that upstream sends meanwhile would come after the end.
          gate.silent = true;
          response.end(`${JSON.stringify(fault.event)}\n`);
          break;
      }
    }
    return {
      hit: hit.map(({ call }) => call),
      get swallowedBytes() {
        return hit.reduce((sum, { gate }) => sum + gate.swallowedBytes, 0);
      },
      remove: () => {
        if (fault.kind === "silence") for (const { gate } of hit) gate.silent = false;
      },
    };
  }
}

/** Forwards everything, or nothing, not even the end. */
class Gate extends Transform {
  silent = false;
  swallowedBytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.silent) this.swallowedBytes += chunk.length;
    done(null, this.silent ? undefined : chunk);
  }

  /** If the end is dropped, the stream breaks off when the client leaves. */
  override _flush(done: TransformCallback): void {
    if (!this.silent) done();
  }
}
