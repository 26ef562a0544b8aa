import { wrapLine } from "./wrap.ts";

/** Lines of a panel for a terminal; they may be at most `width` columns wide. */
export type DrawPanel = (width: number) => readonly string[];

/** The part of stdout that a terminal needs. */
export interface TerminalOutput {
  write(text: string): unknown;
  getWindowSize(): [columns: number, rows: number];
}

const REDRAW_MS = 100;
const ESCAPE = "\u001b";
const CLEAR_DOWN = `${ESCAPE}[0J`;
const CLEAR_LINE = `${ESCAPE}[K`;

/** Lines that scroll, broken between words, and a panel that stays below them. */
export class Terminal {
  readonly #output: TerminalOutput;
  #draw: DrawPanel = () => [];
  #height = 0;
  #shown = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(output: TerminalOutput) {
    this.#output = output;
  }

  /** Writes lines above the panel. Where one breaks, it goes on behind `indent`, by default its own. */
  write(text: string, indent?: string): void {
    const { width } = this.#size();
    const lines = text.split("\n").flatMap((line) => wrapLine(line, width, indent));
    this.#output.write(`${this.#up()}${lines.join("\n")}\n${this.#panel()}`);
  }

  /** Shows a panel, or another one in its place. */
  panel(draw: DrawPanel): void {
    this.#draw = draw;
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_MS).unref();
  }

  /** Removes the panel. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.write(this.#up());
    this.#height = 0;
    this.#draw = () => [];
  }

  /** Writes nothing where nothing has changed, so that the panel does not flicker. */
  #redraw(): void {
    const shown = this.#shown;
    const up = this.#up();
    const panel = this.#panel();
    if (panel !== shown) this.#output.write(up + panel);
  }

  /** Back to where the panel begins, with the panel cleared. */
  #up(): string {
    return this.#height === 0 ? "" : `${ESCAPE}[${this.#height}A\r${CLEAR_DOWN}`;
  }

  /** Lines that would wrap are cut, because the way back up counts lines. */
  #panel(): string {
    const { width, height } = this.#size();
    const lines = this.#draw(width).slice(0, height - 2);
    this.#height = lines.length;
    this.#shown = lines.map((line) => `${cut(line, width)}${CLEAR_LINE}\n`).join("");
    return this.#shown;
  }

  /** The last column stays empty: some terminals break a line that fills it. */
  #size(): { readonly width: number; readonly height: number } {
    const [columns, rows] = this.#output.getWindowSize();
    // A terminal that does not know its size says 0.
    return columns > 0 && rows > 0 ? { width: columns - 1, height: rows } : { width: 79, height: 24 };
  }
}

const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[0-9;]*m|.`, "gu");

/** The first `width` columns. Colours take none. */
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
