import type { IncomingHttpHeaders } from "node:http";

// RFC 9110, 7.6.1: these headers describe one connection, not the message. The proxy's own server answers `expect`.
const OF_ONE_CONNECTION = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers of a request that go to upstream: names and values alternate, in the client's order and spelling. */
export function requestHeaders(raw: readonly string[], bodyBytes: number): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    const lower = name.toLowerCase();
    if (!OF_ONE_CONNECTION.has(lower) && lower !== "content-length") kept.push(name, value);
  }
  if (bodyBytes > 0) kept.push("content-length", String(bodyBytes));
  return kept;
}

/** The headers of upstream's answer that go to the client. */
export function answerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.has(name)));
}
