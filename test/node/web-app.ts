// The program in the containers of the process node's tests: a server that reports its arguments, environment and files.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { POD_IP = "", STOP_MS = "0" } = process.env;
let healthy = true;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://pod");
  switch (url.pathname) {
    case "/started-with":
      return response.end(
        JSON.stringify({ env: process.env, args: process.argv.slice(2), cwd: process.cwd() }),
      );
    case "/read":
      return response.end(readFileSync(url.searchParams.get("path") ?? "", "utf8"));
    case "/fall-ill":
      healthy = false;
      return response.end();
    default:
      return response.writeHead(healthy ? 200 : 500).end();
  }
});
server.listen(8080, POD_IP, () => console.log("listening"));

process.on("SIGTERM", () => {
  console.log("asked to stop");
  setTimeout(() => process.exit(0), Number(STOP_MS));
});
