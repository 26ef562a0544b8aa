import type { TerminalSize } from "./pseudo-terminal.ts";
import { type ScreenLine, TerminalScreen } from "./terminal-screen.ts";

/** A piece of a program's output. */
export interface OutputChunk {
  /** Milliseconds since the program started. */
  readonly at: number;
  readonly text: string;
}

/** The screen of a terminal from a moment on. */
export interface Frame {
  /** Milliseconds since the program started. */
  readonly at: number;
  readonly lines: readonly ScreenLine[];
}

/** The screens of a program that wrote these chunks. Changes within `everyMs` of each other share a frame. */
export async function framesOf(
  chunks: readonly OutputChunk[],
  size: TerminalSize,
  everyMs: number,
): Promise<readonly Frame[]> {
  const screen = new TerminalScreen(size);
  const frames: Frame[] = [];
  for (const [index, { at, text }] of chunks.entries()) {
    await screen.write(text);
    const next = chunks[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    // The last state of each interval is shown from the interval's beginning.
    const start = Math.floor(at / everyMs) * everyMs;
    if (next >= start + everyMs) frames.push({ at: start, lines: screen.lines() });
  }
  return frames;
}
