import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands before a TLS server and knows nothing of what it carries, so that certificates of both sides pass. */
export interface SwallowingProxy {
  readonly port: number;
  /** From now on nothing that the server says reaches the client on a connection that is open now; it stays open. */
  swallow(): void;
  stop(): Promise<void>;
}

/** Starts a proxy before a port of this machine. */
export async function startSwallowingProxy(upstreamPort: number): Promise<SwallowingProxy> {
  const open = new Set<Socket>();
  const swallowed = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, "127.0.0.1");
    open.add(client);
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => {
      if (!swallowed.has(client)) client.write(bytes);
    });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      // A break on one side breaks the other.
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(client);
        to.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      for (const client of open) swallowed.add(client);
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      for (const client of open) client.destroy();
      await closed;
    },
  };
}
