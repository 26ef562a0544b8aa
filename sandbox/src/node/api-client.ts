import type { Readable } from "node:stream";
import { KubeConfig } from "@kubernetes/client-node";
import { Agent, type Dispatcher, request } from "undici";

/** An answer of the API server other than success. `message` is the server's own and holds no object's data. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** Machine-readable reason, such as `NotFound` or `Conflict`. */
  readonly reason: string;

  constructor(call: string, status: number, reason: string, message: string) {
    super(`${call} was answered ${status} ${reason}: ${message}`);
    this.status = status;
    this.reason = reason;
  }

  /** The object is gone, or its name is another one's now: the uid that the call gave did not match. */
  get objectGone(): boolean {
    // A uid that does not match is a conflict to a delete or a binding, and an attempt to change it to a patch.
    const conflict = this.status === 409 || this.status === 422;
    return this.status === 404 || (conflict && /\buid\b/i.test(this.message));
  }
}

/** Query parameters of a call. */
export type Query = Readonly<Record<string, string>>;

/** How a patch's body is merged: `strategic` merges Kubernetes' keyed lists, `merge` is RFC 7386. */
export type PatchKind = "strategic" | "merge";

/** Whom to trust and who one is, in PEM. */
export interface ClientTls {
  readonly ca: string | Buffer;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

const ANSWER_MS = 30_000;
// Bookmarks come every 60 s, so a stream that says nothing for longer than that is dead.
const SILENCE_MS = 75_000;

/** Calls to one API server as one identity (a client certificate), over connections that all calls share. */
export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(server: string, tls: ClientTls) {
    this.#server = server;
    // HTTP/1.1, for one stuck HTTP/2 connection would silence every watch at once.
    this.#agent = new Agent({
      allowH2: false,
      connect: { ...tls, timeout: 10_000 },
      headersTimeout: ANSWER_MS,
      bodyTimeout: ANSWER_MS,
    });
  }

  /** @throws when the file names no cluster or no client certificate */
  static async fromKubeconfig(path: string): Promise<ApiClient> {
    const config = new KubeConfig();
    config.loadFromFile(path);
    const server = config.getCurrentCluster()?.server;
    const tls: Partial<Record<keyof ClientTls, string | Buffer>> = {};
    await config.applyToHTTPSOptions(tls);
    const { ca, cert, key } = tls;
    if (!server || !ca || !cert || !key) {
      throw new Error(
        `the kubeconfig ${path} of the node must name a server, its CA and a client certificate`,
      );
    }
    return new ApiClient(server, { ca, cert, key });
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#call<T>("GET", path, query);
  }

  /** `undefined` where there is no such object. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  create<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>("POST", path, {}, body);
  }

  patch<T>(path: string, kind: PatchKind, body: unknown): Promise<T> {
    return this.#call<T>(
      "PATCH",
      path,
      {},
      body,
      `application/${kind === "merge" ? "" : "strategic-"}merge-patch+json`,
    );
  }

  /** Server-side apply, which takes over fields of others. */
  apply<T>(path: string, fieldManager: string, body: unknown): Promise<T> {
    const query = { fieldManager, force: "true" };
    return this.#call<T>("PATCH", path, query, body, "application/apply-patch+yaml");
  }

  async delete(path: string, options: unknown): Promise<void> {
    await this.#call("DELETE", path, {}, options);
  }

  /** Lines of a watch; ends when the server ends it, throws when the connection breaks or falls silent. */
  async stream(
    path: string,
    query: Query,
    signal: AbortSignal,
    accept = "application/json",
  ): Promise<AsyncIterable<string>> {
    const answer = await this.#send("GET", path, query, {
      headers: { accept },
      signal,
      bodyTimeout: SILENCE_MS,
    });
    return linesOf(answer.body);
  }

  /** Drops every connection. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #call<T>(
    method: Dispatcher.HttpMethod,
    path: string,
    query: Query,
    body?: unknown,
    type = "application/json",
  ): Promise<T> {
    const content =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": type } };
    const answer = await this.#send(method, path, query, content);
    return (await answer.body.json()) as T;
  }

  async #send(
    method: Dispatcher.HttpMethod,
    path: string,
    query: Query,
    more: RequestMore,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(path, this.#server);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await request(url, { method, dispatcher: this.#agent, ...more });
    if (answer.statusCode < 300) return answer;
    const { reason, message } = statusOf(await answer.body.text());
    throw new ApiError(`${method} ${path}`, answer.statusCode, reason, message);
  }
}

type RequestMore = Pick<Dispatcher.RequestOptions, "body" | "headers" | "signal" | "bodyTimeout">;

function statusOf(body: string): { reason: string; message: string } {
  try {
    const status = JSON.parse(body) as { reason?: string; message?: string };
    return { reason: status.reason ?? "Unknown", message: status.message ?? "" };
  } catch {
    return { reason: "Unknown", message: body.slice(0, 200) };
  }
}

async function* linesOf(body: Readable): AsyncIterable<string> {
  let rest = "";
  for await (const chunk of body.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
