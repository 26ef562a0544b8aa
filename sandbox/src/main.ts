import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { ROOT } from "./bundles.ts";
import { WEB_SERVICE_IMAGE } from "./images.ts";
import { leaveInstructions, printInstructions } from "./instructions.ts";
import { readSandboxCommand } from "./options.ts";
import { aborted } from "./pause.ts";
import { PAYMENTS_MANIFEST, setUpPayments } from "./samples/payments.ts";
import { describeServices, SERVICES, startServices } from "./samples/services.ts";
import { SHORT_TIMES, shortTimesTable } from "./samples/short-times.ts";
import type { Sandbox } from "./sandbox.ts";
import { openScreen } from "./screen/screen.ts";
import { runSession } from "./session.ts";
import { BARE_LINES, tryLines } from "./try-next.ts";

const MANIFESTS = [PAYMENTS_MANIFEST, ...SERVICES.map(({ path }) => path)];
const screen = openScreen(Date.now());

const command = readSandboxCommand(process.argv.slice(2));
switch (command.kind) {
  case "help":
    process.stdout.write(command.text);
    break;
  case "invalid":
    process.stderr.write(`${command.problem}\nSee: npm run sandbox -- --help\n`);
    process.exitCode = 2;
    break;
  case "yaml":
    process.stdout.write(manifests());
    break;
  case "next":
    process.exitCode = printInstructions();
    break;
  case "run":
    await runSession(
      { progress: (line) => screen.step(line) },
      command.content === "nothing" ? offerNothing : offerExample,
    );
}

async function offerNothing(sandbox: Sandbox, ended: AbortSignal): Promise<number> {
  return offer(sandbox, BARE_LINES, ended);
}

async function offerExample(sandbox: Sandbox, ended: AbortSignal): Promise<number> {
  await setUpPayments(sandbox, SHORT_TIMES, (line) => screen.step(line));
  await startServices(sandbox);
  screen.step(`services that query PostgreSQL all the time: ${describeServices()}`);
  screen.print(`\n${aboutExample()}`);
  return offer(sandbox, tryLines(), ended);
}

/** The files, images, variables and settings that matter to a user with a service to add. */
function aboutExample(): string {
  const files = MANIFESTS.map((path) => `  ${relative(ROOT, path)}`);
  return [
    "Manifests of the example; npm run sandbox -- --yaml prints them:",
    ...files,
    "",
    "Images: the node starts processes, not containers, and knows two images only:",
    `the operator's, and ${WEB_SERVICE_IMAGE}. That one reads DB_HOST,`,
    "DB_PORT, DB_USERNAME, DB_PASSWORD and DB_DBNAME, or the files host, port,",
    "username, password and dbname in the folder DB_FOLDER.",
    "",
    "The operator checks AWS more often here than by default:",
    ...shortTimesTable().map((line) => `  ${line}`),
  ].join("\n");
}

async function offer(sandbox: Sandbox, lines: string, ended: AbortSignal): Promise<number> {
  const instructions = await leaveInstructions(sandbox, lines);
  screen.print(`\nThe sandbox stays until Ctrl-C. Use it from another terminal.\n\n${instructions}`);
  await aborted(ended);
  return 0;
}

/** All manifests of the example as one YAML stream, each with the path of its file. */
function manifests(): string {
  return MANIFESTS.map((path) => `# ${relative(ROOT, path)}\n${readFileSync(path, "utf8")}`).join("---\n");
}
