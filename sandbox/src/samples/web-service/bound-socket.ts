import { Socket, type SocketConnectOpts } from "node:net";

/** A TCP socket that connects from an address of its own, not from the machine's first one. */
export class BoundSocket extends Socket {
  readonly #localAddress: string;

  constructor(localAddress: string) {
    super();
    this.#localAddress = localAddress;
  }

  /** Takes a port and a host, as `pg` calls it. */
  override connect(...args: unknown[]): this {
    const [port, host] = args;
    const options: SocketConnectOpts = {
      port: Number(port),
      host: String(host),
      localAddress: this.#localAddress,
    };
    return super.connect(options);
  }
}
