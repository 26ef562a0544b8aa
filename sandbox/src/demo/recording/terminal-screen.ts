import xterm from "@xterm/headless";
import type { TerminalSize } from "./pseudo-terminal.ts";

/** How a piece of text looks. */
export interface TextStyle {
  readonly colour: "red" | "green" | "yellow" | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

/** Characters of one line that look the same. */
export interface Span {
  readonly text: string;
  readonly style: TextStyle;
}

/** One line of the screen, without the spaces at its end. */
export type ScreenLine = readonly Span[];

/** The colours that the demo uses, by their numbers in the palette of terminals. */
const COLOURS: Readonly<Record<number, TextStyle["colour"]>> = { 1: "red", 2: "green", 3: "yellow" };
/** More lines than the demo writes. */
const SCROLLBACK = 10_000;

type Buffer = xterm.Terminal["buffer"]["active"];
type BufferLine = NonNullable<ReturnType<Buffer["getLine"]>>;

/** The screen of a terminal that gets a program's output. */
export class TerminalScreen {
  readonly #terminal: xterm.Terminal;

  constructor({ columns: cols, rows }: TerminalSize) {
    this.#terminal = new xterm.Terminal({ cols, rows, scrollback: SCROLLBACK, allowProposedApi: true });
  }

  /** Takes output in; resolves when the screen shows it. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  /** The lines that are visible now, from the top. */
  lines(): readonly ScreenLine[] {
    return this.#visible().map(spansOf);
  }

  /** The same as text. */
  text(): string {
    return this.#visible()
      .map((line) => line.translateToString(true))
      .join("\n")
      .trimEnd();
  }

  /** Lines that were too wide, so that the terminal broke them, from the first line of the output on. */
  brokenLines(): readonly string[] {
    return this.#all().flatMap((line, index, all) =>
      line.isWrapped ? [`${all[index - 1]?.translateToString() ?? ""}${line.translateToString(true)}`] : [],
    );
  }

  #visible(): readonly BufferLine[] {
    const { baseY } = this.#terminal.buffer.active;
    return this.#all().slice(baseY, baseY + this.#terminal.rows);
  }

  #all(): readonly BufferLine[] {
    const buffer = this.#terminal.buffer.active;
    return Array.from({ length: buffer.length }, (_, row) => buffer.getLine(row)).filter(
      (line) => line !== undefined,
    );
  }
}

function spansOf(line: BufferLine): ScreenLine {
  const spans: { text: string; style: TextStyle }[] = [];
  const { length } = line.translateToString(true);
  for (let column = 0; column < length; column += 1) {
    const cell = line.getCell(column);
    if (cell === undefined) continue;
    const style: TextStyle = {
      colour: cell.isFgPalette() ? COLOURS[cell.getFgColor()] : undefined,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    };
    const last = spans.at(-1);
    if (last !== undefined && looksAlike(last.style, style)) last.text += cell.getChars() || " ";
    else spans.push({ text: cell.getChars() || " ", style });
  }
  return spans;
}

function looksAlike(one: TextStyle, other: TextStyle): boolean {
  return one.colour === other.colour && one.bold === other.bold && one.dim === other.dim;
}
