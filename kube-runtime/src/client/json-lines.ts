/** Above the size of any object in etcd (1.5 MiB by default) in any encoding: a longer line is not JSON. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Parses a stream of JSON values, one per line, in chunks of any size. Drops a last line without a line end: it is
 * incomplete. @throws SyntaxError for a line that is not JSON, or is too long
 */
export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString();
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line !== "") yield JSON.parse(line);
    }
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > LONGEST_LINE_BYTES)
      throw new SyntaxError(`a line is longer than ${LONGEST_LINE_BYTES} bytes`);
  }
}

const NEWLINE = 0x0a;
