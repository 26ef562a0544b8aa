import { styleText } from "node:util";

/** Where the demo tells what it does. */
export interface Screen {
  /** A step, with the time that it happened at (ms since the epoch). */
  step(text: string, at?: number): void;
  /** Text without a time: headings, tables. */
  print(text: string): void;
  /** What a terminal shows below the steps, drawn again and again; elsewhere it is not shown. */
  panel(draw: () => readonly string[]): void;
  /** Takes the panel away. */
  end(): void;
}

const REDRAW_MS = 100;
const ESCAPE = "\u001b";
const CLEAR_DOWN = `${ESCAPE}[0J`;
const CLEAR_LINE = `${ESCAPE}[K`;

/** A screen on stdout: plain lines, and on a terminal a panel below them. Times count from `start`. */
export function openScreen(start: number): Screen {
  const lines = process.stdout.isTTY ? new Terminal() : new Pipe();
  return {
    step: (text, at = Date.now()) => {
      const seconds = ((at - start) / 1_000).toFixed(1).padStart(6);
      lines.write(`${paint("dim", `${seconds} s`)}  ${text}`);
    },
    print: (text) => lines.write(text),
    panel: (draw) => lines.panel(draw),
    end: () => lines.end(),
  };
}

/** Colours text where stdout is a terminal and NO_COLOR is not set. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Lines, one after the other. */
class Pipe {
  write(text: string): void {
    process.stdout.write(`${text}\n`);
  }
  panel(_draw: () => readonly string[]): void {}
  end(): void {}
}

/** Lines that scroll, and a panel that stays below them. */
class Terminal {
  #draw: () => readonly string[] = () => [];
  #height = 0;
  #shown = "";
  #timer: NodeJS.Timeout | undefined;

  write(text: string): void {
    process.stdout.write(`${this.#up()}${text}\n${this.#panel()}`);
  }

  panel(draw: () => readonly string[]): void {
    this.#draw = draw;
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.stdout.write(this.#up());
    this.#height = 0;
    this.#draw = () => [];
  }

  /** What has not changed is left alone, so that nothing flickers. */
  #redraw(): void {
    const shown = this.#shown;
    const up = this.#up();
    const panel = this.#panel();
    if (panel !== shown) process.stdout.write(up + panel);
  }

  /** Back to where the panel begins, with the panel wiped out. */
  #up(): string {
    return this.#height === 0 ? "" : `${ESCAPE}[${this.#height}A\r${CLEAR_DOWN}`;
  }

  /** Lines that would wrap are cut, for the way back up counts lines. */
  #panel(): string {
    const [columns, rows] = process.stdout.getWindowSize();
    // A terminal that does not know its size says 0.
    const [width, height] = columns > 0 && rows > 0 ? [columns, rows] : [80, 24];
    const lines = this.#draw().slice(0, height - 2);
    this.#height = lines.length;
    this.#shown = lines.map((line) => `${cut(line, width - 1)}${CLEAR_LINE}\n`).join("");
    return this.#shown;
  }
}

const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[0-9;]*m|.`, "gu");

/** The first `width` columns; colours take none. */
function cut(line: string, width: number): string {
  let left = width;
  let text = "";
  for (const part of line.match(COLOUR_OR_CHARACTER) ?? []) {
    if (part.startsWith(ESCAPE)) text += part;
    else if (left > 0) {
      left -= 1;
      text += part;
    }
  }
  return text;
}
