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
  /** The whole environment, but for what belongs to one process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly logPath: string;
}

/** The result of an invocation: JSON, and how the function failed if it did. */
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

/** One Lambda process and its Runtime API: serves one invocation at a time, and stays warm for the next. */
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

  /** Starts the process; it loads the function by itself. */
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

  /** True when the process has ended: it takes no further invocation. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the process asks for the next invocation; one that ends itself after an error does not. */
  async isWarm(): Promise<boolean> {
    if (this.#over) return false;
    return (await this.#within(INIT_MS, this.#api.ready())) === undefined;
  }

  /** Runs the function once. Never rejects: a crash or a timeout is a result too. */
  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const started = await this.#within(INIT_MS, Promise.race([this.#api.ready(), this.#api.initError]));
    if (started !== undefined) return this.#fail(requestId, started, INIT_MS);
    this.#log(`START RequestId: ${requestId} Version: $LATEST`);
    const { arn: functionArn, timeoutMs } = this.#function;
    // By the real clock, which is the one that the process has.
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

  /** What `happening` brings, unless the process ends or the time is up before. */
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
