/** Longer than any object that etcd takes (1.5 MiB by default) in any notation; above it the stream is not JSON lines. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Parses a stream of JSON values, one a line, cut anywhere into chunks. A last line without its end was cut off and is
 * dropped. @throws SyntaxError for a line that is no JSON, or is too long
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
