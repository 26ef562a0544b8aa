import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** How a server asks a client for its password. */
export type LoginRequest = "plaintext" | "MD5" | "nothing" | "SCRAM, then plaintext";

/** A server in the place of a PostgreSQL that wants to learn a password. */
export interface HostileServer {
  readonly port: number;
  /** Everything that clients have sent, decrypted. */
  received(): string;
  stop(): void;
}

const SSL_REQUEST_BYTES = 8;

/** An authentication request. PostgreSQL: "Message Formats". */
const request = (code: number, data: Uint8Array = Buffer.alloc(0)): Buffer => {
  const head = Buffer.from("R\0\0\0\0\0\0\0\0", "latin1");
  head.writeInt32BE(8 + data.length, 1);
  head.writeInt32BE(code, 5);
  return Buffer.concat([head, data]);
};
const OK = Buffer.concat([request(0), Buffer.from("Z\0\0\0\x05I", "latin1")]);
const REFUSED = Buffer.from("E\0\0\0\x17SFATAL\0C28P01\0Mno\0\0", "latin1");
const PLAINTEXT = request(3);
const MD5 = request(5, Buffer.from("salt"));
const SCRAM = request(10, Buffer.from("SCRAM-SHA-256\0\0"));

/** The second message of SCRAM, which continues the client's nonce. */
const challenge = (first: string): Buffer =>
  request(11, Buffer.from(`r=${/r=([^,\0]+)/.exec(first)?.[1]}more,s=c2FsdA==,i=4096`));

/** Starts the server on the loopback. `certificate` is for clients that use TLS. */
export async function startHostileServer(
  asks: LoginRequest,
  certificate?: { readonly cert: string; readonly key: string },
): Promise<HostileServer> {
  let received = "";
  const sockets: Socket[] = [];
  const server = createServer((raw) => {
    sockets.push(raw);
    raw.on("error", () => {});
    raw.once("data", (first) => {
      if (certificate === undefined || first.length !== SSL_REQUEST_BYTES) return talk(raw, first);
      raw.write("S");
      const secured = new TLSSocket(raw, { isServer: true, ...certificate });
      secured.on("error", () => {}).once("data", (startup) => talk(secured, startup));
    });
  }).listen(0, "127.0.0.1");
  const talk = (socket: Socket, startup: Buffer) => {
    received += startup.toString("latin1");
    let messages = 0;
    socket.on("data", (data) => {
      received += data.toString("latin1");
      messages += 1;
      if (asks === "SCRAM, then plaintext" && messages <= 2)
        socket.write(messages === 1 ? challenge(data.toString("latin1")) : PLAINTEXT);
      else socket.write(REFUSED);
    });
    socket.write({ plaintext: PLAINTEXT, MD5, nothing: OK, "SCRAM, then plaintext": SCRAM }[asks]);
  };
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    received: () => received,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
