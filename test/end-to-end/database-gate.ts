import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";

/** A way to the database that can be closed: connections are refused then. */
export class DatabaseGate {
  /** Where clients connect instead. */
  readonly port: number;
  readonly #database: number;
  #server: Server;

  private constructor(server: Server, port: number, database: number) {
    this.#server = server;
    this.port = port;
    this.#database = database;
  }

  /** An open gate before the database at this port. */
  static async before(database: number): Promise<DatabaseGate> {
    const server = gateTo(database).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the gate has no port");
    return new DatabaseGate(server, address.port, database);
  }

  /** New connections are refused from now on. */
  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }

  /** Lets connections through again, at the same port. */
  async open(): Promise<void> {
    this.#server = gateTo(this.#database).listen(this.port, "127.0.0.1").unref();
    await once(this.#server, "listening");
  }
}

function gateTo(port: number): Server {
  return createServer((client) => {
    const database = connect(port, "127.0.0.1");
    const end = () => {
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) socket.on("error", end).on("close", end);
    client.pipe(database).pipe(client);
  });
}
