import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { PodAddress } from "./pod-field.ts";

/** Any fixed port above the privileged ones: listening on it says that the addresses of a network are taken. */
const CLAIM_PORT = 10_250;
const NETWORKS = 255;
const HOSTS = 256 * 256;

/**
 * Addresses for the pods of one node out of a network 127.a.0.0/16 of its own, so that the pods of two sandboxes on one
 * machine never meet. An address comes again as late as possible: whoever still knocks at an old one finds nobody.
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

  /** Takes a network that no other node on this machine has. @throws when all are taken, or on anything but Linux */
  static async claim(): Promise<AddressPool> {
    if (process.platform !== "linux") {
      throw new Error(
        `the process node gives each pod a loopback address of its own, which ${process.platform} does not have; run the sandbox on Linux`,
      );
    }
    const first = Math.floor(Math.random() * NETWORKS);
    for (let offset = 0; offset < NETWORKS; offset++) {
      const network = 1 + ((first + offset) % (NETWORKS - 1));
      const claim = await listenAt(`127.${network}.0.1`);
      if (claim) return new AddressPool(network, claim);
    }
    throw new Error(
      `every network 127.a.0.0/16 has a listener on port ${CLAIM_PORT}; stop some of the sandboxes that run`,
    );
  }

  /** An address that no pod of this machine has. */
  take(): PodAddress {
    while (this.#used.has(this.#next)) this.#step();
    const host = this.#next;
    this.#used.add(host);
    this.#step();
    const rest = `${this.#network}.${host >> 8}.${host & 255}`;
    return { local: `127.${rest}`, shown: `10.${rest}` };
  }

  /** Gives an address of `take` back. */
  release(address: PodAddress): void {
    const [, , high = 0, low = 0] = address.local.split(".").map(Number);
    this.#used.delete(high * 256 + low);
  }

  /** Gives the network back. */
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
