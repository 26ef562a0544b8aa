import { appendFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Processes, RunningProcess } from "../../processes/processes.ts";
import { RuntimeApi, type RuntimeReport } from "./runtime-api.ts";

/** A deployed function. */
export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Absolute path of an ESM file. */
  readonly bundle: string;
  /** Name of the bundle's export. */
  readonly handler: string;
  /** The complete environment, except for the variables of a single process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly logPath: string;
}

/** The result of an invocation: JSON, and the kind of failure if there was one. */
export interface InvocationResult {
  readonly payload: string;
  readonly functionError?: "Unhandled";
}

const BOOTSTRAP = join(import.meta.dirname, "bootstrap.mjs");
// AWS: Lambda developer guide, "Understanding the Lambda execution environment lifecycle", Init phase.
const INIT_MS = 10_000;

type End =
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: "late" };

/** One Lambda process and its Runtime API. It serves one invocation at a time and stays warm for the next one. */
export class ExecutionEnvironment {
  readonly #function: LambdaFunction;
  readonly #api: RuntimeApi;
  readonly #process: RunningProcess;
  #over = false;

  private constructor(deployed: LambdaFunction, api: RuntimeApi, running: RunningProcess) {
    this.#function = deployed;
    this.#api = api;
    this.#process = running;
    void running.exited.then(() => {
      this.#over = true;
      api.stop();
    });
  }

  /** Starts the process, which loads the function. */
  static async start(deployed: LambdaFunction, processes: Processes): Promise<ExecutionEnvironment> {
    const api = new RuntimeApi();
    const address = await api.start();
    const module = basename(deployed.bundle).replace(/\.[^.]+$/, "");
    const running = processes.spawn({
      name: `lambda-${deployed.name}`,
      command: process.execPath,
      args: [BOOTSTRAP],
      cwd: dirname(deployed.bundle),
      log: deployed.logPath,
      env: {
        ...deployed.environment,
        AWS_LAMBDA_RUNTIME_API: address,
        _HANDLER: `${module}.${deployed.handler}`,
        LAMBDA_TASK_ROOT: dirname(deployed.bundle),
      },
    });
    return new ExecutionEnvironment(deployed, api, running);
  }

  /** Whether the process has ended and accepts no more invocations. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the process has asked for its next invocation. A process that ends itself after an error does not ask. */
  async isWarm(): Promise<boolean> {
    if (this.#over) return false;
    return (await this.#within(INIT_MS, this.#api.ready())) === undefined;
  }

  /** Runs the function once. Never rejects: a crash and a timeout are results too. */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const started = await this.#within(INIT_MS, Promise.race([this.#api.ready(), this.#api.initError]));
    if (started !== undefined) return this.#fail(requestId, started, INIT_MS);
    this.#log(`START RequestId: ${requestId} Version: $LATEST`);
    const { arn: functionArn, timeoutMs } = this.#function;
    // Uses the real clock, like the process itself.
    const deadline = Date.now() + timeoutMs;
    const report = await this.#within(
      timeoutMs,
      this.#api.invoke({ requestId, functionArn, payload, deadline }),
    );
    this.#log(`END RequestId: ${requestId}`);
    if (report.kind === "response") return { payload: report.body };
    return this.#fail(requestId, report, timeoutMs);
  }

  async stop(): Promise<void> {
    this.#over = true;
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  /** The result of `happening`, unless the process ends or the time runs out first. */
  async #within<T>(ms: number, happening: Promise<T>): Promise<T | End> {
    const late = Promise.withResolvers<End>();
    const timer = setTimeout(() => late.resolve({ kind: "late" }), ms);
    const exited = this.#process.exited.then((exit): End => ({ kind: "exited", ...exit }));
    try {
      return await Promise.race([happening, exited, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(requestId: string, end: RuntimeReport | End, limitMs: number): InvocationResult {
    if (end.kind === "response" || end.kind === "error")
      return { payload: end.body, functionError: "Unhandled" };
    this.#over = true;
    this.#process.kill("SIGKILL");
    const [errorType, what] =
      end.kind === "late"
        ? ["Sandbox.Timedout", `Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`]
        : ["Runtime.ExitError", exitText(end)];
    const errorMessage = `RequestId: ${requestId} Error: ${what}`;
    this.#log(errorMessage);
    return { payload: JSON.stringify({ errorType, errorMessage }), functionError: "Unhandled" };
  }

  #log(line: string): void {
    appendFileSync(this.#function.logPath, `${line}\n`);
  }
}

function exitText(end: { readonly code: number | null; readonly signal: NodeJS.Signals | null }): string {
  if (end.signal !== null) return `Runtime exited with error: signal: ${end.signal}`;
  return end.code === 0
    ? "Runtime exited without providing a reason"
    : `Runtime exited with error: exit status ${end.code}`;
}
