/** A unit of prose: a paragraph, a table cell, a comment or a message. */
export interface Passage {
  /** Line of the file where the text begins, from 1. */
  readonly line: number;
  /** The text without markup. It keeps its line breaks, so that a finding can name its line. */
  readonly text: string;
  /** Whether its sentences have a maximum length. Messages have none. */
  readonly isProse: boolean;
}

/** Stands in for inline code and for values: one word that no rule matches. */
export const CODE = "□";

/** How many line breaks a text has. */
export function lineBreaksIn(text: string): number {
  return text.split("\n").length - 1;
}
