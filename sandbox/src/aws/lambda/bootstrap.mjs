// The program of a Lambda process. It loads the bundle and serves invocations from the Lambda Runtime API. It is plain
// JavaScript without imports from this repository, because it replaces AWS's own client and runs next to a bundle that
// knows nothing about it.
// AWS: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { AWS_LAMBDA_RUNTIME_API: api = "", AWS_LAMBDA_FUNCTION_NAME: functionName } = process.env;
const { LAMBDA_TASK_ROOT: taskRoot = ".", _HANDLER: handlerName = "" } = process.env;
const agent = new Agent({ keepAlive: true });

/**
 * Id of the running invocation.
 * @type {string | undefined}
 */
let requestId;

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{headers: import("node:http").IncomingHttpHeaders, body: string}>}
 */
function call(method, path, body, headers = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const [hostname, port] = api.split(":");
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path: `/2018-06-01/runtime/${path}`, headers, agent };
    const outgoing = request(options, (answer) => {
      /** @type {Buffer[]} */
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ headers: answer.headers, body: Buffer.concat(chunks).toString() }));
      answer.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}

/**
 * The form of AWS's Node.js runtimes: `trace` is the stack, line by line.
 * @param {unknown} error
 * @param {string} [errorType]
 */
function describe(error, errorType) {
  const known = error instanceof Error;
  return {
    errorType: errorType ?? (known ? error.name : typeof error),
    errorMessage: known ? error.message : String(error),
    trace: known ? (error.stack ?? "").split("\n") : [],
  };
}

/**
 * @param {string} path
 * @param {unknown} error
 * @param {string} [errorType]
 */
function report(path, error, errorType) {
  const description = describe(error, errorType);
  console.error(`${new Date().toISOString()}\t${requestId ?? ""}\tERROR\t${JSON.stringify(description)}`);
  return call("POST", path, description, { "Lambda-Runtime-Function-Error-Type": description.errorType });
}

/**
 * Ends the process, as in AWS: state that the handler left behind must not affect the next invocation.
 * @param {unknown} error
 * @param {string} errorType
 * @param {number} exitCode
 */
async function end(error, errorType, exitCode) {
  const path = requestId === undefined ? "init/error" : `invocation/${requestId}/error`;
  await report(path, error, errorType).catch(() => {});
  process.exit(exitCode);
}

async function loadHandler() {
  const [, module = "", name = ""] = /^(.+)\.([^.]+)$/.exec(handlerName) ?? [];
  const file = [".mjs", ".js", ".cjs"]
    .map((end) => join(taskRoot, `${module}${end}`))
    .find((path) => existsSync(path));
  if (file === undefined)
    throw Object.assign(new Error(`Cannot find module '${module}'`), { name: "Runtime.ImportModuleError" });
  const handler = (await import(pathToFileURL(file).href))[name];
  if (typeof handler === "function") return handler;
  throw Object.assign(new Error(`${handlerName} is undefined or not exported`), {
    name: "Runtime.HandlerNotFound",
  });
}

/** @param {import("node:http").IncomingHttpHeaders} headers */
function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: String(headers["lambda-runtime-aws-request-id"]),
    invokedFunctionArn: String(headers["lambda-runtime-invoked-function-arn"]),
    functionName,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** @param {(event: unknown, context: object) => unknown} handler */
async function serve(handler) {
  for (;;) {
    const next = await call("GET", "invocation/next");
    const context = contextOf(next.headers);
    requestId = context.awsRequestId;
    try {
      const result = await handler(JSON.parse(next.body), context);
      await call("POST", `invocation/${requestId}/response`, result ?? null);
    } catch (error) {
      await report(`invocation/${requestId}/error`, error);
    }
    requestId = undefined;
  }
}

process.on("uncaughtException", (error) => void end(error, "Runtime.UncaughtException", 129));
process.on("unhandledRejection", (error) => void end(error, "Runtime.UnhandledPromiseRejection", 128));

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  await report("init/error", error).catch(() => {});
  process.exit(1);
}
await serve(handler);
