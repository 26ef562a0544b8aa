/** A sentence and where in its passage it begins. */
export interface Sentence {
  readonly text: string;
  readonly offset: number;
}

// A sentence ends at a full stop and a blank before a capital, a digit, code or a quotation, except after an abbreviation.
const END = /(?<!\b(?:e\.g|i\.e|etc|vs|cf|approx))[.!?]["')\]]?\s+(?=["'([]?[A-Z0-9□])|\n\s*\n/g;

/** The sentences of a text. */
export function sentencesOf(text: string): readonly Sentence[] {
  const ends = [...text.matchAll(END)].map((end) => end.index + end[0].length);
  return [0, ...ends]
    .map((offset, i) => ({ text: text.slice(offset, ends[i]).trimEnd(), offset }))
    .filter((sentence) => sentence.text !== "");
}

/** The number of words in a sentence. Inline code counts as one word, punctuation as none. */
export function wordsIn(sentence: string): number {
  return sentence.split(/\s+/).filter((word) => /[\w□]/.test(word)).length;
}
