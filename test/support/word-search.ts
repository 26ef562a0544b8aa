/** Bytes at the beginning of a word that identify it. */
const START = 4;
const SLOT_BITS = 20;

interface Word {
  readonly text: string;
  readonly bytes: Buffer;
}

/** Finds which of many words are in a text, in one pass over the text however many the words are. */
export class WordSearch {
  /** 1 where some word may begin so; nearly all places of a text are passed by this alone. */
  readonly #slots = new Uint8Array(1 << SLOT_BITS);
  readonly #words = new Map<number, Word[]>();

  /** @throws where a word has less than 4 bytes */
  constructor(words: Iterable<string>) {
    for (const text of new Set(words)) {
      const bytes = Buffer.from(text);
      const start = bytes.readUInt32BE(0);
      this.#slots[slotOf(start)] = 1;
      this.#words.set(start, [...(this.#words.get(start) ?? []), { text, bytes }]);
    }
  }

  /** Those that the text has in it. */
  foundIn(text: string): ReadonlySet<string> {
    const bytes = Buffer.from(text);
    const found = new Set<string>();
    let start = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      start = ((start << 8) | (bytes[end] ?? 0)) >>> 0;
      if (end + 1 < START || this.#slots[slotOf(start)] === 0) continue;
      const at = end + 1 - START;
      for (const word of this.#words.get(start) ?? []) {
        if (bytes.subarray(at, at + word.bytes.length).equals(word.bytes)) found.add(word.text);
      }
    }
    return found;
  }
}

/** Fibonacci hashing: Knuth, The Art of Computer Programming, 6.4. */
function slotOf(start: number): number {
  return Math.imul(start, 0x9e3779b1) >>> (32 - SLOT_BITS);
}
