import { styleText } from "node:util";

/** Colours text where stdout is a terminal and NO_COLOR is not set. */
export function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
