import { paint } from "./paint.ts";
import { type DrawPanel, Terminal } from "./terminal.ts";

/** The output of a command that shows its progress. */
export interface Screen {
  /** A step, with the time at which it happened (ms since the epoch). */
  step(text: string, at?: number): void;
  /** Text without a time: headings, tables. */
  print(text: string): void;
  /** Shows a panel below the steps, and draws it again and again. Only a terminal shows it. */
  panel(draw: DrawPanel): void;
  /** Removes the panel. */
  end(): void;
}

/** Where the text of a step begins. */
const INDENT = "          ";

/** A screen on stdout: on a terminal wrapped lines with a panel below them, elsewhere plain lines. Times count from `start`. */
export function openScreen(start: number): Screen {
  const lines = process.stdout.isTTY ? new Terminal(process.stdout) : new Pipe();
  return {
    step: (text, at = Date.now()) => {
      const seconds = ((at - start) / 1_000).toFixed(1).padStart(6);
      lines.write(`${paint("dim", `${seconds} s`)}  ${text}`, INDENT);
    },
    print: (text) => lines.write(text),
    panel: (draw) => lines.panel(draw),
    end: () => lines.end(),
  };
}

/** Lines, one after the other. */
class Pipe {
  write(text: string): void {
    process.stdout.write(`${text}\n`);
  }
  panel(_draw: DrawPanel): void {}
  end(): void {}
}
