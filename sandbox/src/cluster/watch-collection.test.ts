import { KubeClient } from "@rotated-secrets/kube-runtime/client/kube-client";
import {
  bookmark,
  FakeApiServer,
  page,
  send,
  status,
} from "@rotated-secrets/kube-runtime/testing/fake-api-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { watchCollection } from "./watch-collection.ts";

type Event = { readonly type: string; readonly object: object };
/**
 * The API server's answer to one request: a list with its version, an error, or events before the stream ends, breaks
 * or stays open.
 */
type Answer =
  | { readonly list: readonly object[]; readonly version: string }
  | { readonly error: number }
  | { readonly events: readonly Event[]; readonly ending: "end" | "break" | "hold" };

const object = (name: string, resourceVersion = "1", uid = name) => ({
  metadata: { name, namespace: "n", uid, resourceVersion },
});
const event = (type: string, name: string, version: string): Event => ({
  type,
  object: object(name, version),
});
const expired: Event = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } };

let server: FakeApiServer;
let client: KubeClient;
let script: Answer[];
let heard: string[];
let complaints: string[];
let end: AbortController;

beforeEach(async () => {
  [script, heard, complaints] = [[], [], []];
  end = new AbortController();
  server = await FakeApiServer.start();
  server.answer = (_, response) => {
    const answer = script.shift() ?? { events: [], ending: "hold" };
    if ("list" in answer) return page(response, answer.version, [...answer.list]);
    if ("error" in answer) return status(response, answer.error, "InternalError");
    send(response, ...answer.events);
    if (answer.ending === "end") response.end();
    // Sent later than the events, which would be lost with the connection.
    if (answer.ending === "break") setTimeout(() => response.destroy(), 20);
  };
  client = new KubeClient({ config: server.config, userAgent: "test/1" });
});
afterEach(async () => {
  end.abort();
  await client.close();
  await server.stop();
});

const requests = () =>
  server.seen.map(({ query }) => (query.watch === undefined ? "list" : `watch ${query.resourceVersion}`));

async function hears(
  answers: readonly Answer[],
  expected: { heard: readonly string[]; requests: readonly string[] },
) {
  script.push(...answers);
  void watchCollection({
    client,
    path: "/api/v1/pods",
    onUpsert: ({ metadata }) => heard.push(`+${metadata.uid}`),
    onRemove: ({ metadata }) => heard.push(`-${metadata.uid}@${metadata.resourceVersion}`),
    complain: (about) => complaints.push(about),
    signal: end.signal,
  });
  await vi.waitFor(() => expect({ heard, requests: requests() }).toEqual(expected), {
    timeout: 5_000,
    interval: 10,
  });
}

describe("watchCollection", () => {
  it("lists, then follows from the list's version, and removes an object as its deletion shows it", () =>
    hears(
      [
        { list: [object("a")], version: "5" },
        { events: [event("ADDED", "b", "6"), event("DELETED", "a", "7")], ending: "hold" },
      ],
      { heard: ["+a", "+b", "-a@7"], requests: ["list", "watch 5"] },
    ));

  it.each(["end", "break"] as const)(
    "continues after the last event when the stream comes to an %s",
    (ending) =>
      hears(
        [
          { list: [], version: "5" },
          { events: [event("ADDED", "a", "6"), bookmark("9")], ending },
          { events: [event("ADDED", "b", "10")], ending: "hold" },
        ],
        { heard: ["+a", "+b"], requests: ["list", "watch 5", "watch 9"] },
      ),
  );

  it("lists again if its version has expired, and removes objects that are gone", () =>
    hears(
      [
        { list: [object("a"), object("b")], version: "5" },
        { events: [expired], ending: "end" },
        { list: [object("b"), object("c")], version: "8" },
      ],
      { heard: ["+a", "+b", "+c", "-a@1"], requests: ["list", "watch 5", "list", "watch 8"] },
    ));

  it("removes an object before it adds a new one with the same name", () =>
    hears(
      [
        { list: [object("a", "1", "first")], version: "5" },
        { events: [expired], ending: "end" },
        { list: [object("a", "7", "second")], version: "8" },
      ],
      { heard: ["+first", "-first@1", "+second"], requests: ["list", "watch 5", "list", "watch 8"] },
    ));

  it("complains about repeated failures, not about a single one", async () => {
    await hears([{ error: 500 }, { list: [], version: "5" }], {
      heard: [],
      requests: ["list", "list", "watch 5"],
    });
    expect(complaints).toEqual([]);
    end.abort();
    [end, server.seen.length] = [new AbortController(), 0];
    await hears([{ error: 500 }, { error: 500 }, { list: [], version: "5" }], {
      heard: [],
      requests: ["list", "list", "list", "watch 5"],
    });
    expect(complaints).toEqual(["watch of /api/v1/pods: list and watch again"]);
  });
});
