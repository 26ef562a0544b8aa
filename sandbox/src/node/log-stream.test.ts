import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { streamLog } from "./log-stream.ts";

describe("streamLog", () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "log-stream-"));
    path = join(dir, "0.log");
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function read(content: string, tailLines?: number) {
    await writeFile(path, content);
    const out = new PassThrough();
    const wish = tailLines === undefined ? { follow: false } : { follow: false, tailLines };
    const [answer] = await Promise.all([
      text(out),
      streamLog({ path, live: true }, wish, out, new AbortController().signal),
    ]);
    return answer;
  }

  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join("");
  it.each([
    ["everything by default", "a\nb\n", undefined, "a\nb\n"],
    ["the last line", "a\nb\n", 1, "b\n"],
    ["the last line that has not ended yet", "a\nb\nc", 1, "c"],
    ["two lines, one of them not ended", "a\nb\nc", 2, "b\nc"],
    ["everything if there are fewer", "a\nb\n", 5, "a\nb\n"],
    ["empty lines count", "a\n\n\n", 2, "\n\n"],
    ["nothing for zero lines", "a\nb\n", 0, ""],
    ["nothing of an empty log", "", 3, ""],
    ["the end of a log longer than a chunk", long, 15_000, long.slice(long.indexOf("line 5000\n"))],
  ])("gives %s", async (_why, content, tailLines, expected) => {
    expect(await read(content, tailLines)).toBe(expected);
  });

  it("follows until the container has ended, with its last output", async () => {
    await writeFile(path, "first\n");
    const log = { path, live: true };
    const out = new PassThrough();
    const answer = text(out);
    const streaming = streamLog(log, { follow: true }, out, new AbortController().signal);
    await appendFile(path, "last\n");
    log.live = false;
    await streaming;
    expect(await answer).toBe("first\nlast\n");
  });
});
