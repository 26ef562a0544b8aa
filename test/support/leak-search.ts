import { createHash } from "node:crypto";
import { WordSearch } from "./word-search.ts";

/** A value that must not appear anywhere, and its name in reports. */
export interface Planted {
  readonly name: string;
  readonly value: string;
}

/** How a value could show in a text. */
export interface Form {
  readonly name: string;
  readonly text: string;
}

const DIGESTS = ["md5", "sha1", "sha256", "sha512"] as const;

/** Every form of a value that the search knows: plain and escaped, in base64 at any place of a longer text, in hex, and its hashes. */
export function formsOf(value: string): readonly Form[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    { name: "as it is", text: value },
    { name: "escaped for JSON", text: json },
    // Go's JSON, and so every log of Kubernetes, escapes these three as well.
    { name: "escaped by Go", text: json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) },
    { name: "escaped for a URL", text: encodeURIComponent(value) },
    { name: "in hex", text: bytes.toString("hex") },
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
    ...DIGESTS.flatMap((digest) => {
      const hash = createHash(digest).update(bytes).digest();
      return [
        { name: `${digest} in hex`, text: hash.toString("hex") },
        { name: `${digest} in base64`, text: hash.toString("base64").replace(/=+$/, "") },
        { name: `${digest} in base64url`, text: hash.toString("base64url") },
      ];
    }),
  ];
}

/** The part of the value's base64 that is the same whatever stands before (`offset` bytes, modulo 3) and behind it. */
function base64Forms(bytes: Buffer, offset: number): readonly Form[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const [start, end] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  return (["base64", "base64url"] as const).map((encoding) => ({
    name: `${encoding} at offset ${offset}`,
    text: padded.toString(encoding).slice(start, end),
  }));
}

/** Where planted values show, in words that do not hold them. `texts` are searched by their names, letters in any case. */
export function leaks(texts: ReadonlyMap<string, string>, planted: readonly Planted[]): readonly string[] {
  const wanted = planted.flatMap(({ name, value }) =>
    formsOf(value).map((form) => ({ name: `${name}, ${form.name}`, text: form.text.toLowerCase() })),
  );
  const search = new WordSearch(wanted.map(({ text }) => text));
  return [...texts].flatMap(([place, text]) => {
    const found = search.foundIn(text.toLowerCase());
    return wanted.filter((form) => found.has(form.text)).map(({ name }) => `${place}: ${name}`);
  });
}
