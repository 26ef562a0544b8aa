import type { Frame } from "./frames.ts";
import type { TerminalSize } from "./pseudo-terminal.ts";
import type { ScreenLine, Span } from "./terminal-screen.ts";

/** How a recording is shown. */
export interface RecordingOptions {
  readonly size: TerminalSize;
  /** Text of the title bar. */
  readonly title: string;
  /** Spoken by screen readers. */
  readonly description: string;
  /** 2 plays at twice the speed. */
  readonly speed: number;
  /** Milliseconds for which the last frame stays, before it begins again. */
  readonly holdMs: number;
}

const FONT_PX = 14;
const CHARACTER_PX = 8.43;
const LINE_PX = 18;
const PADDING_PX = 16;
const TITLE_PX = 36;

/** A dark terminal with a border, so that it can be read on light and on dark pages. */
const STYLE = `
.w{fill:#0d1117;stroke:#30363d}
text{fill:#e6edf3;font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;white-space:pre}
.t{fill:#8b949e}.r{fill:#ff7b72}.g{fill:#56d364}.y{fill:#e3b341}.d{fill:#8b949e}.b{font-weight:bold}`;
const COLOUR_CLASSES = { red: "r", green: "g", yellow: "y" } as const;

/**
 * Frames as one SVG that plays by itself, in a page and in an `<img>`. The frames lie side by side and a CSS animation
 * shows one at a time; lines that are the same are in the file once. Where the reader wants no motion, the last frame stands.
 */
export function animatedSvg(frames: readonly Frame[], options: RecordingOptions): string {
  const { size, title, description } = options;
  const width = Math.ceil(size.columns * CHARACTER_PX + 2 * PADDING_PX);
  const height = TITLE_PX + size.rows * LINE_PX + PADDING_PX;
  const lines = new Map<string, string>();
  const strip = frames.map(({ lines: shown }, index) => frameGroup(shown, index * width, lines));
  const definitions = [...lines].map(([content, id]) => `<text id="${id}">${content}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    `<style>${STYLE}\n${animation(frames, width, options)}</style>`,
    `<defs>${definitions.join("\n")}</defs>`,
    `<rect class="w" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<text class="t" x="${width / 2}" y="23" text-anchor="middle">${escaped(title)}</text>`,
    `<clipPath id="c"><rect width="${width - 2 * PADDING_PX}" height="${size.rows * LINE_PX}"/></clipPath>`,
    `<g clip-path="url(#c)" transform="translate(${PADDING_PX} ${TITLE_PX})">`,
    `<g class="f">${strip.join("\n")}</g></g></svg>\n`,
  ].join("\n");
}

/** One frame of the strip. `known` has the ids of lines by their content; new ones are added. */
function frameGroup(shown: readonly ScreenLine[], x: number, known: Map<string, string>): string {
  const uses = shown.flatMap((line, row) => {
    if (line.length === 0) return [];
    const content = line.map(spanMarkup).join("");
    const id = known.get(content) ?? `l${known.size.toString(36)}`;
    known.set(content, id);
    return [`<use href="#${id}" y="${row * LINE_PX + FONT_PX}"/>`];
  });
  return `<g transform="translate(${x})">${uses.join("")}</g>`;
}

function spanMarkup({ text, style }: Span): string {
  const classes = [
    ...(style.colour === undefined ? [] : [COLOUR_CLASSES[style.colour]]),
    ...(style.dim ? ["d"] : []),
    ...(style.bold ? ["b"] : []),
  ];
  return classes.length === 0
    ? escaped(text)
    : `<tspan class="${classes.join(" ")}">${escaped(text)}</tspan>`;
}

function animation(frames: readonly Frame[], width: number, { speed, holdMs }: RecordingOptions): string {
  const start = frames[0]?.at ?? 0;
  const totalMs = ((frames.at(-1)?.at ?? 0) - start) / speed + holdMs;
  const steps = frames.map(({ at }, index) => {
    const percent = (((at - start) / speed / totalMs) * 100).toFixed(2);
    return `${percent}%{transform:translateX(${-index * width}px)}`;
  });
  const last = `translateX(${-(frames.length - 1) * width}px)`;
  return `.f{transform:${last}}
@media (prefers-reduced-motion:no-preference){.f{animation:p ${(totalMs / 1_000).toFixed(1)}s step-end infinite}}
@keyframes p{${steps.join("")}100%{transform:${last}}}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
