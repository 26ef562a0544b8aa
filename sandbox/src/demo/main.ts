import { printInstructions } from "../instructions.ts";
import { paint } from "../screen/paint.ts";
import { openScreen } from "../screen/screen.ts";
import { runSession } from "../session.ts";
import { demonstrate } from "./demonstration.ts";
import { readDemoCommand } from "./options.ts";

const start = Date.now();
const command = readDemoCommand(process.argv.slice(2));
switch (command.kind) {
  case "help":
    process.stdout.write(command.text);
    break;
  case "invalid":
    process.stderr.write(`${command.problem}\nSee: npm run demo -- --help\n`);
    process.exitCode = 2;
    break;
  case "next":
    process.exitCode = printInstructions();
    break;
  case "run": {
    const screen = openScreen(start);
    screen.print(
      paint("bold", "A database credential is rotated three times, under load, all on this machine."),
    );
    screen.step("starting a sandbox: control plane, node, AWS emulator, PostgreSQL");
    await runSession(
      { progress: (line) => screen.step(line), beforeEnd: () => screen.end() },
      (sandbox, ended) => demonstrate(sandbox, screen, command, ended),
    );
  }
}
