// A local HTTP server that answers JSON in place of a remote service, for findings about clients.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/**
 * Serves on a free port of loopback.
 * @param {(call: {request: import("node:http").IncomingMessage, body: string, response: import("node:http").ServerResponse}) => object} answer
 *     returns the body of the answer; may set the status and headers of `response` first
 */
export async function serve(answer) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    void text(request).then((body) => response.end(JSON.stringify(answer({ request, body, response }))));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}
