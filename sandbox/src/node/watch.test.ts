import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiClient } from "./api-client.ts";
import { watch } from "./watch.ts";

/** What the API server does with one request: it lists these, or sends these events and then ends or breaks the stream. */
type Answer =
  | { readonly list: readonly string[]; readonly version: string }
  | { readonly events: readonly object[]; readonly ending: "end" | "break" | "hold" };

const object = (uid: string, resourceVersion = "1") => ({
  metadata: { name: uid, namespace: "n", uid, resourceVersion },
});
const event = (type: string, uid: string, version: string) => ({ type, object: object(uid, version) });
const expired = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", metadata: {} } };

let server: Server;
let client: ApiClient;
let script: Answer[];
let requests: string[];
let heard: string[];
let end: AbortController;

beforeEach(async () => {
  [script, requests, heard] = [[], [], []];
  end = new AbortController();
  server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://api").searchParams;
    requests.push(query.has("watch") ? `watch ${query.get("resourceVersion")}` : "list");
    play(script.shift() ?? { events: [], ending: "hold" }, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const tls = { ca: "", cert: "", key: "" };
  client = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, tls);
});
afterEach(async () => {
  end.abort();
  await client.close();
  server.closeAllConnections();
  server.close();
});

function play(answer: Answer, response: ServerResponse): void {
  if ("list" in answer) {
    const items = answer.list.map((uid) => object(uid));
    response.end(JSON.stringify({ metadata: { resourceVersion: answer.version }, items }));
    return;
  }
  response.flushHeaders();
  for (const each of answer.events) response.write(`${JSON.stringify(each)}\n`);
  if (answer.ending === "end") response.end();
  // Later than the lines, which would be lost with the connection.
  if (answer.ending === "break") setTimeout(() => response.destroy(), 20);
}

async function hears(
  answers: readonly Answer[],
  expected: { heard: readonly string[]; requests: readonly string[] },
) {
  script.push(...answers);
  void watch({
    client,
    path: "/api/v1/pods",
    onUpsert: ({ metadata }) => heard.push(`+${metadata.uid}`),
    onRemove: ({ metadata }) => heard.push(`-${metadata.uid}`),
    signal: end.signal,
  });
  await vi.waitFor(() => expect({ heard, requests }).toEqual(expected), { timeout: 3_000, interval: 10 });
}

describe("watch", () => {
  it("lists, then follows from the list's version", () =>
    hears(
      [
        { list: ["a"], version: "5" },
        { events: [event("ADDED", "b", "6"), event("DELETED", "a", "7")], ending: "hold" },
      ],
      { heard: ["+a", "+b", "-a"], requests: ["list", "watch 5"] },
    ));

  it.each(["end", "break"] as const)(
    "goes on behind the last event when the stream comes to an %s",
    (ending) =>
      hears(
        [
          { list: [], version: "5" },
          { events: [event("ADDED", "a", "6"), event("BOOKMARK", "", "9")], ending },
          { events: [event("ADDED", "b", "10")], ending: "hold" },
        ],
        { heard: ["+a", "+b"], requests: ["list", "watch 5", "watch 9"] },
      ),
  );

  it("lists again when its version has expired, and tells what went meanwhile", () =>
    hears(
      [
        { list: ["a", "b"], version: "5" },
        { events: [expired], ending: "end" },
        { list: ["b", "c"], version: "8" },
      ],
      { heard: ["+a", "+b", "+b", "+c", "-a"], requests: ["list", "watch 5", "list", "watch 8"] },
    ));

  it("lists again when a stream broke before it said anything", () =>
    hears(
      [
        { list: ["a"], version: "5" },
        { events: [], ending: "break" },
        { list: [], version: "6" },
      ],
      { heard: ["+a", "-a"], requests: ["list", "watch 5", "list", "watch 6"] },
    ));
});
