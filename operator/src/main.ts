import { setFlagsFromString } from "node:v8";
import { jsonLogger } from "@rotated-secrets/kube-runtime/telemetry/json-logger";
import type { OperatorLogger } from "./log-fields.ts";
import { createOperator } from "./operator.ts";
import { readSettings, type Settings } from "./settings.ts";

const commandLine = readSettings(process.argv.slice(2), process.env);
switch (commandLine.kind) {
  case "help":
    process.stdout.write(commandLine.text);
    break;
  case "invalid":
    process.stderr.write(`${commandLine.problems}\n`);
    process.exitCode = 2;
    break;
  case "run":
    boundNewSpace();
    // A part that ignores its signal must not keep the process alive: the operator has waited for it long enough.
    process.exit(await run(commandLine.settings));
}

/**
 * Keeps V8's space for new objects at its size after loading, 16 MiB. Otherwise it grows to 64 MiB in a burst and hardly
 * shrinks, which is memory without use: docs/decisions/0063.
 */
function boundNewSpace(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** Runs the operator until SIGTERM or SIGINT. Returns the exit status: 1 when a part failed. */
async function run(settings: Settings): Promise<number> {
  const log: OperatorLogger = jsonLogger({ level: settings["log-level"] });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  try {
    await createOperator(settings, { log }).run(stop.signal);
    return 0;
  } catch (error) {
    log.error("the operator stops: a part of it failed", { error });
    return 1;
  }
}
