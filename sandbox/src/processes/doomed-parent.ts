// Started by processes.test.ts. It starts the processes of a sandbox, prints their ids, and waits for its end.
import { Processes } from "./processes.ts";

const [dir] = process.argv.slice(2);
if (!dir) throw new Error("usage: doomed-parent.ts DIR");
const processes = new Processes(dir);
const stubborn = processes.spawn({
  name: "stubborn",
  command: "/bin/sh",
  // Has a child process, and neither handles SIGTERM.
  args: ["-c", 'trap "" TERM; sleep 600 & echo $! > child; wait'],
});
const plain = processes.spawn({ name: "plain", command: "/bin/sleep", args: ["600"] });
console.log(JSON.stringify([stubborn.pid, plain.pid]));
process.stdin.once("data", (word) => {
  if (word.toString() === "exit") process.exit(3);
  throw new Error("crash");
});
