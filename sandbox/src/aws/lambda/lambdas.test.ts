import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestEmulator, type TestEmulator } from "../test-emulator.ts";

const BUNDLE = `
import { setTimeout as sleep } from "node:timers/promises";
export async function handler(event, context) {
  switch (event.do) {
    case "tell": return { pid: process.pid, env: process.env, context, remaining: context.getRemainingTimeInMillis() };
    case "echo": return event;
    case "nothing": return;
    case "print": return console.log(event.text);
    case "throw": throw new TypeError("it went wrong");
    case "exit": process.exit(event.code);
    case "abort": process.kill(process.pid, "SIGKILL"); return sleep(10_000);
    case "escape": setTimeout(() => { throw new RangeError("out of the loop"); }); return sleep(10_000);
    case "reject": Promise.reject(new Error("not caught")); return sleep(10_000);
    case "sleep": await sleep(event.ms); return { pid: process.pid };
  }
}
export const notAFunction = 1;
`;

// Processes start slowly on a machine that also runs other tests.
vi.setConfig({ testTimeout: 20_000 });

let emulator: TestEmulator;
let bundle: string;
let arn: string;
let logPath: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  bundle = join(emulator.dir, "bundle.mjs");
  writeFileSync(bundle, BUNDLE);
  writeFileSync(join(emulator.dir, "broken.mjs"), "throw new SyntaxError('no such bundle');");
  const environment = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", MINE: "yes" };
  ({ arn, logPath } = await deploy("tested", { environment }));
});
afterAll(() => emulator[Symbol.asyncDispose]());

function deploy(
  name: string,
  options: { handler?: string; environment?: Record<string, string>; timeoutMs?: number } = {},
) {
  return emulator.aws.deployFunction({ name, bundle, handler: "handler", ...options });
}

const invoke = (payload: unknown) => emulator.aws.invoke(arn, payload);

async function pid(functionArn = arn): Promise<number> {
  const { payload } = await emulator.aws.invoke(functionArn, { do: "sleep", ms: 0 });
  return payload !== null && typeof payload === "object" ? Reflect.get(payload, "pid") : 0;
}

function alive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a function", () => {
  it("has Lambda's environment variables, and those of the deployment override them", async () => {
    const { payload } = await invoke({ do: "tell" });
    expect(payload).toMatchObject({
      env: {
        AWS_REGION: "eu-west-1",
        AWS_LAMBDA_FUNCTION_NAME: "tested",
        AWS_ACCESS_KEY_ID: emulator.aws.credentials("lambda-tested").AWS_ACCESS_KEY_ID,
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        LAMBDA_TASK_ROOT: emulator.dir,
        _HANDLER: "bundle.handler",
        MINE: "yes",
      },
      context: {
        functionName: "tested",
        invokedFunctionArn: arn,
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      remaining: expect.toSatisfy((ms: number) => ms > 0 && ms <= 30_000),
    });
    expect(payload).not.toHaveProperty("env.HOME");
  });

  it("receives its event and answers, also without a result", async () => {
    const event = { do: "echo", text: "ä€😀", list: [1, null, { a: true }] };
    expect(await invoke(event)).toEqual({ payload: event });
    expect(await invoke({ do: "nothing" })).toEqual({ payload: null });
  });

  it("stays warm: one process serves consecutive invocations", async () => {
    expect(await pid()).toBe(await pid());
  });

  it("runs in two processes for two invocations at the same time", async () => {
    const both = await Promise.all([invoke({ do: "sleep", ms: 50 }), invoke({ do: "sleep", ms: 50 })]);
    expect(new Set(both.map((result) => JSON.stringify(result.payload))).size).toBe(2);
  });

  it("writes its output to its log, between the platform's lines", async () => {
    await invoke({ do: "print", text: "hello log" });
    await expect.poll(() => readFileSync(logPath, "utf8")).toMatch(/START RequestId: [\s\S]*hello log\n/);
    expect(readFileSync(logPath, "utf8")).toMatch(/END RequestId: /);
  });

  it("is replaced by a new deployment", async () => {
    const before = await deploy("replaced", { environment: { MINE: "1" } });
    await emulator.aws.invoke(before.arn, { do: "tell" });
    const after = await deploy("replaced", { environment: { MINE: "2" } });
    expect(after.arn).toBe(before.arn);
    const { payload } = await emulator.aws.invoke(after.arn, { do: "tell" });
    expect(payload).toHaveProperty("env.MINE", "2");
  });
});

describe("a failure of a function", () => {
  it.each([
    [
      "thrown",
      { do: "throw" },
      { errorType: "TypeError", errorMessage: "it went wrong", trace: expect.any(Array) },
    ],
    [
      "exit",
      { do: "exit", code: 3 },
      {
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringContaining("Runtime exited with error: exit status 3"),
      },
    ],
    [
      "exit with status 0",
      { do: "exit", code: 0 },
      {
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringContaining("Runtime exited without providing a reason"),
      },
    ],
    [
      "signal",
      { do: "abort" },
      { errorType: "Runtime.ExitError", errorMessage: expect.stringContaining("signal: SIGKILL") },
    ],
    [
      "uncaught exception",
      { do: "escape" },
      { errorType: "Runtime.UncaughtException", errorMessage: "out of the loop" },
    ],
    [
      "unhandled rejection",
      { do: "reject" },
      { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "not caught" },
    ],
  ])("%s is a FunctionError, and the next invocation works", async (_title, event, payload) => {
    expect(await invoke(event)).toEqual({
      functionError: "Unhandled",
      payload: expect.objectContaining(payload),
    });
    expect(await invoke({ do: "echo" })).toEqual({ payload: { do: "echo" } });
  });

  it("keeps the process after a thrown error, and not after a timeout", async () => {
    const { arn: short } = await deploy("short", { timeoutMs: 500 });
    const first = await pid(short);
    await emulator.aws.invoke(short, { do: "throw" });
    const second = await pid(short);
    const timedOut = await emulator.aws.invoke(short, { do: "sleep", ms: 60_000 });
    const third = await pid(short);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(timedOut).toEqual({
      functionError: "Unhandled",
      payload: {
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0.50 seconds$/,
        ),
      },
    });
  });

  it("of a process that is killed while idle is not visible", async () => {
    const first = await pid();
    process.kill(first, "SIGKILL");
    await expect.poll(() => alive(first)).toBe(false);
    expect(await pid()).not.toBe(first);
  });

  it.each([
    ["a bundle that breaks", "broken.mjs", "handler", "SyntaxError", "no such bundle"],
    [
      "a missing bundle",
      "missing.mjs",
      "handler",
      "Runtime.ImportModuleError",
      "Cannot find module 'missing'",
    ],
    [
      "a missing handler",
      "bundle.mjs",
      "other",
      "Runtime.HandlerNotFound",
      "bundle.other is undefined or not exported",
    ],
    [
      "a handler that is not a function",
      "bundle.mjs",
      "notAFunction",
      "Runtime.HandlerNotFound",
      "bundle.notAFunction is undefined or not exported",
    ],
  ])("%s is reported by the invocation", async (_title, file, handler, errorType, errorMessage) => {
    const broken = await emulator.aws.deployFunction({
      name: "broken",
      bundle: join(emulator.dir, file),
      handler,
    });
    const result = await emulator.aws.invoke(broken.arn, {});
    expect(result).toMatchObject({ functionError: "Unhandled", payload: { errorType, errorMessage } });
  });
});

describe("Lambda's Invoke over HTTP", () => {
  const authorization =
    "AWS4-HMAC-SHA256 Credential=AKIATEST/20261123/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0";
  const post = (name: string, event: unknown) =>
    fetch(`${emulator.aws.endpoint}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify(event),
    });

  it.each(["name", "ARN"])("answers for a %s", async (form) => {
    const answer = await post(form === "name" ? "tested" : arn, { do: "echo" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-amz-function-error")).toBeNull();
    expect(await answer.json()).toEqual({ do: "echo" });
  });

  it("is 200 with a header if the function fails", async () => {
    const answer = await post("tested", { do: "throw" });
    expect([answer.status, answer.headers.get("x-amz-function-error")]).toEqual([200, "Unhandled"]);
    expect(await answer.json()).toMatchObject({ errorType: "TypeError" });
  });

  it("is 404 for an unknown function", async () => {
    const answer = await post("none", {});
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([
      404,
      "ResourceNotFoundException",
    ]);
  });
});

describe("a sandbox killed by SIGKILL", () => {
  it("leaves no Lambda process behind", async () => {
    const program = `
      const { Processes } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../processes/processes.ts")).href)});
      const { Lambdas } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "lambdas.ts")).href)});
      const dir = ${JSON.stringify(join(emulator.dir, "killed"))};
      const lambdas = new Lambdas(new Processes(dir));
      const f = { name: "f", arn: "f", bundle: ${JSON.stringify(bundle)}, handler: "handler", environment: {}, timeoutMs: 5000, logPath: dir + "/f.log" };
      await lambdas.deploy(f);
      const { pid } = JSON.parse((await lambdas.invoke("f", '{"do":"sleep","ms":0}')).payload);
      console.log(pid);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line]: unknown[] = await once(createInterface(child.stdout), "line");
    const lambda = Number(line);
    expect(alive(lambda)).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(() => alive(lambda), { timeout: 5000 }).toBe(false);
  });
});
