import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KubeClient } from "../client/kube-client.ts";
import type { KubernetesObject } from "../client/kubernetes-object.ts";
import { silentLogger } from "../telemetry/logger.ts";
import { noMetrics } from "../telemetry/runtime-metrics.ts";
import { bookmark, FakeApiServer, object, page, send, status } from "../testing/fake-api-server.ts";
import { systemClock } from "../time/clock.ts";
import { Reflector } from "./reflector.ts";
import { Store } from "./store.ts";

const PATH = "/api/v1/things";

let server: FakeApiServer;
let client: KubeClient;
let store: Store<KubernetesObject>;
let failures: string[];
let stop: AbortController;
let running: Promise<void> | undefined;

beforeEach(async () => {
  server = await FakeApiServer.start();
  client = new KubeClient({ config: server.config, userAgent: "test/1", timeoutMs: 2_000 });
  store = new Store({ transform: (raw) => raw, failed: () => {} });
  failures = [];
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await running;
  await client.close();
  await server.stop();
});

function start(options: { silenceMs?: number; pageSize?: number } = {}): Reflector<KubernetesObject> {
  const reflector = new Reflector({
    name: "things",
    path: PATH,
    selectors: { labelSelector: "mine=yes" },
    store,
    client,
    clock: systemClock,
    random: () => 0.5,
    log: silentLogger,
    metrics: { ...noMetrics.reflector("things"), failed: (reason) => failures.push(reason) },
    backoff: { baseMs: 1, maxMs: 5 },
    ...options,
  });
  running = reflector.run(stop.signal);
  return reflector;
}

const names = () => store.list().map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`);
const holds = (...expected: string[]) => vi.waitFor(() => expect(names()).toEqual(expected), 5_000);

/** Answers lists by one object, and the n-th watch by the n-th of these; later ones stay open in silence. */
function script(...watches: ((response: Parameters<FakeApiServer["answer"]>[1]) => void)[]): void {
  server.answer = (request, response) => {
    if (request.query.watch === undefined) page(response, "10", [object("a", "9")]);
    else (watches[server.watches.length - 1] ?? ((open) => send(open)))(response);
  };
}

describe("the list", () => {
  it("is read in pages and then watched from its resourceVersion", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch) send(response, { type: "ADDED", object: object("c", "11") });
      else if (query.continue) page(response, "10", [object("b", "8")]);
      else page(response, "10", [object("a", "9")], "more");
    };
    const reflector = start({ pageSize: 1 });
    expect(reflector.hasSynced).toBe(false);
    await reflector.synced;
    await holds("a@9", "b@8", "c@11");
    expect(server.lists.map(({ query }) => query)).toEqual([
      { labelSelector: "mine=yes", limit: "1" },
      { labelSelector: "mine=yes", limit: "1", continue: "more" },
    ]);
    expect(server.watches[0]?.query).toEqual({
      labelSelector: "mine=yes",
      resourceVersion: "10",
      allowWatchBookmarks: "true",
      timeoutSeconds: "450",
      watch: "true",
    });
  });

  it("is read again in one request when a page token has expired", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch) send(response);
      else if (query.continue) status(response, 410, "Expired", { metadata: { continue: "inconsistent" } });
      else if (query.limit) page(response, "10", [object("a", "9")], "more");
      else page(response, "12", [object("a", "11"), object("b", "12")]);
    };
    start();
    await holds("a@11", "b@12");
  });

  it("is repeated until it succeeds", async () => {
    const refusals = [500, 429, 403, 503];
    server.answer = ({ query }, response) => {
      const code = refusals.shift();
      if (query.watch) send(response);
      else if (code === undefined) page(response, "10", [object("a", "9")]);
      else status(response, code, `R${code}`);
    };
    await start().synced;
    await holds("a@9");
    expect(failures).toEqual(["R500", "R429", "R403", "R503"]);
  });

  it("is repeated also when the list itself gets 410", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch) send(response);
      else if (server.lists.length < 3) status(response, 410, "Expired");
      else page(response, "10", [object("a", "9")]);
    };
    await start().synced;
    expect(failures).toEqual(["Expired", "Expired"]);
  });

  it("is not followed at first when it is older than the store", async () => {
    const versions = ["100", "50", "120"];
    server.answer = ({ query }, response) => {
      if (query.watch) {
        if (server.watches.length === 1) status(response, 410, "Expired");
        else send(response);
      } else page(response, versions.shift() ?? "0", [object("a", `${server.lists.length}`)]);
    };
    start();
    await holds("a@3");
    expect(failures).toEqual(["Expired", "OlderList"]);
    expect(store.observedResourceVersion).toBe("120");
  });

  it("is followed after three older lists in a row: etcd was restored", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch === undefined)
        page(response, server.lists.length === 1 ? "100" : "50", [object("a", "40")]);
      else if (server.watches.length === 1) status(response, 410, "Expired");
      else send(response, { type: "MODIFIED", object: object("a", "51") });
    };
    start();
    await holds("a@51");
    expect(server.lists.length).toBe(4);
  });
});

describe("the watch", () => {
  it("follows additions, changes and deletions", async () => {
    script((response) =>
      send(
        response,
        { type: "ADDED", object: object("b", "11") },
        { type: "MODIFIED", object: object("a", "12") },
        { type: "DELETED", object: object("b", "13") },
      ),
    );
    start();
    await holds("a@12");
    expect(JSON.stringify(store.list())).not.toContain("managedFields");
  });

  it.each<[string, (response: Parameters<FakeApiServer["answer"]>[1]) => void]>([
    ["the server ends it", (response) => response.end()],
    ["the connection breaks", (response) => response.destroy()],
    ["it is cut in the middle of a line", (response) => send(response, '{"type":"ADD') ?? response.end()],
    ["it sends a line that is not an event", (response) => send(response, "<html>\n")],
  ])("resumes from its last bookmark when %s", async (_, end) => {
    script(
      (response) => {
        send(response, { type: "MODIFIED", object: object("a", "12") }, bookmark("20"));
        setTimeout(() => end(response), 10);
      },
      (response) => send(response, { type: "MODIFIED", object: object("a", "21") }),
    );
    start();
    await holds("a@21");
    expect(server.watches.map(({ query }) => query.resourceVersion)).toEqual(["10", "20"]);
    expect(server.lists.length).toBe(1);
  });

  it.each<[string, (response: Parameters<FakeApiServer["answer"]>[1]) => void]>([
    [
      "as an event",
      (response) => send(response, { type: "ERROR", object: { code: 410, reason: "Expired" } }),
    ],
    ["as an answer", (response) => status(response, 410, "Expired")],
  ])("lists again when 410 comes %s", async (_, refuse) => {
    script(refuse, (response) => send(response, { type: "MODIFIED", object: object("a", "21") }));
    start();
    await holds("a@21");
    expect(server.lists.length).toBe(2);
    expect(failures).toEqual(["Expired"]);
  });

  it("resumes after a first silence", async () => {
    script(
      (response) => send(response),
      (response) => send(response, { type: "MODIFIED", object: object("a", "21") }),
    );
    start({ silenceMs: 50 });
    await holds("a@21");
    expect(server.watches[1]?.query.resourceVersion).toBe("10");
    expect(failures[0]).toBe("DeadlineExceeded");
  });

  it("lists again after a second silence: its resourceVersion may be in the future", async () => {
    server.answer = ({ query }, response) => {
      if (query.watch) send(response);
      else page(response, `${10 * server.lists.length}`, [object("a", `${server.lists.length}`)]);
    };
    start({ silenceMs: 50 });
    await holds("a@2");
    const watched = server.seen.slice(0, 4).map(({ query }) => query.watch !== undefined);
    expect(watched).toEqual([false, true, true, false]);
  });

  it("waits as long as Retry-After says", async () => {
    let refusedAt = 0;
    script((response) => {
      refusedAt = performance.now();
      response.writeHead(429, { "retry-after": "1" }).end();
    });
    start();
    await vi.waitFor(() => expect(server.watches.length).toBe(2), 5_000);
    expect(performance.now() - refusedAt).toBeGreaterThan(950);
    expect(server.lists.length).toBe(1);
  });

  it("keeps its objects while the resource is not served, as when its CRD is removed, and follows it again later", async () => {
    let served = true;
    let cut = () => {};
    server.answer = ({ query }, response) => {
      if (!served) status(response, 404, "NotFound");
      else if (query.watch) {
        send(response, bookmark("20"));
        cut = () => response.end();
      } else page(response, server.lists.length === 1 ? "10" : "30", [object("a", "9"), object("b", "8")]);
    };
    const reflector = start();
    await holds("a@9", "b@8");
    served = false;
    await vi.waitFor(() => expect(server.watches).toHaveLength(1));
    cut();
    await vi.waitFor(() =>
      expect(failures.filter((reason) => reason === "NotFound").length).toBeGreaterThan(5),
    );
    expect([names(), reflector.notReady(), reflector.stalled()]).toEqual([
      ["a@9", "b@8"],
      undefined,
      undefined,
    ]);
    served = true;
    await vi.waitFor(() => expect(store.observedResourceVersion).toBe("30"));
    await holds("a@9", "b@8");
  });

  it("lists again when an error that should pass does not", async () => {
    const refuse = (response: Parameters<FakeApiServer["answer"]>[1]) =>
      status(response, 500, "InternalError");
    script(refuse, refuse, refuse);
    start();
    await vi.waitFor(() => expect(server.lists.length).toBe(2));
  });

  it("reports when the server last sent anything", async () => {
    script((response) => setTimeout(() => send(response, bookmark("20")), 30));
    const reflector = start();
    await reflector.synced;
    const listedAt = reflector.lastActivity;
    await vi.waitFor(() => expect(reflector.lastActivity).toBeGreaterThan(listedAt));
  });
});

it("ends at once when its signal aborts, also while it waits", async () => {
  server.answer = (_, response) =>
    status(response, 429, "TooManyRequests", { details: { retryAfterSeconds: 60 } });
  start();
  await vi.waitFor(() => expect(failures.length).toBe(1));
  stop.abort();
  await running;
});
