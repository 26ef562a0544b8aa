/** The open connections of a server, by client address, each address oldest first. */
export class OpenConnections<Connection> {
  readonly #most: number;
  readonly #byAddress = new Map<string, Set<Connection>>();
  #count = 0;

  /** @param most how many may be open */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a connection. Returns the end of it. */
  add(address: string, connection: Connection): () => void {
    const open = this.#byAddress.get(address) ?? new Set();
    this.#byAddress.set(address, open.add(connection));
    this.#count += 1;
    return () => this.#remove(address, connection);
  }

  /** The connection to close if too many are open: the oldest one of the address that has the most. It counts no longer. */
  excess(): Connection | undefined {
    if (this.#count <= this.#most) return undefined;
    const [address = "", open = new Set<Connection>()] =
      [...this.#byAddress].sort(([, one], [, other]) => other.size - one.size)[0] ?? [];
    const [oldest] = open;
    if (oldest !== undefined) this.#remove(address, oldest);
    return oldest;
  }

  #remove(address: string, connection: Connection): void {
    const open = this.#byAddress.get(address);
    if (!open?.delete(connection)) return;
    this.#count -= 1;
    if (open.size === 0) this.#byAddress.delete(address);
  }
}
