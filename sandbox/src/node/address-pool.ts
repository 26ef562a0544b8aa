import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { PodAddress } from "./pod-field.ts";

/** A fixed unprivileged port. A listener on it marks the addresses of a network as taken. */
const CLAIM_PORT = 10_250;
const NETWORKS = 255;
const HOSTS = 256 * 256;

/**
 * Addresses for the pods of one node, from a network 127.a.0.0/16 that no other node uses, so that the pods of two
 * sandboxes on one machine never meet. An address is reused as late as possible: a client that still connects to an old
 * address finds no listener.
 */
export class AddressPool {
  readonly #network: number;
  readonly #claim: Server;
  readonly #used = new Set<number>();
  #next = 2;

  private constructor(network: number, claim: Server) {
    this.#network = network;
    this.#claim = claim;
  }

  /**
   * Claims a network that no other node on this machine uses. @throws Error if all are taken, or on any system other
   * than Linux
   */
  static async claim(): Promise<AddressPool> {
    if (process.platform !== "linux") {
      throw new Error(
        `the process node needs a loopback address for each pod, which ${process.platform} does not have; run the sandbox on Linux`,
      );
    }
    const first = Math.floor(Math.random() * NETWORKS);
    for (let offset = 0; offset < NETWORKS; offset++) {
      const network = 1 + ((first + offset) % (NETWORKS - 1));
      const claim = await listenAt(`127.${network}.0.1`);
      if (claim) return new AddressPool(network, claim);
    }
    throw new Error(
      `every network 127.a.0.0/16 has a listener on port ${CLAIM_PORT}; stop some of the running sandboxes`,
    );
  }

  /** Returns an address that no pod of this machine has. */
  take(): PodAddress {
    while (this.#used.has(this.#next)) this.#step();
    const host = this.#next;
    this.#used.add(host);
    this.#step();
    const rest = `${this.#network}.${host >> 8}.${host & 255}`;
    return { local: `127.${rest}`, shown: `10.${rest}` };
  }

  /** Returns an address to the pool. */
  release(address: PodAddress): void {
    const [, , high = 0, low = 0] = address.local.split(".").map(Number);
    this.#used.delete(high * 256 + low);
  }

  /** Releases the network. */
  close(): void {
    this.#claim.close();
  }

  #step(): void {
    this.#next = this.#next + 2 < HOSTS ? this.#next + 1 : 2;
  }
}

async function listenAt(host: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host, port: CLAIM_PORT, exclusive: true });
  try {
    await once(server, "listening");
    return server.unref();
  } catch {
    return undefined;
  }
}
