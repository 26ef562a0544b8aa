import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { FakeApiServer, json, status } from "@rotated-secrets/kube-runtime/testing/fake-api-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeCluster, fakeLease, fakeRotatedSecret } from "./testing/fake-cluster.ts";

/** Each case starts a process, which takes seconds on a busy machine. */
const PATIENCE = { timeout: 30_000, interval: 50 };
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let api: FakeApiServer;
/** AWS as it is when nothing comes back. */
let aws: Server;
let awsCalls: number;
let started: ChildProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "operator-"));
  api = await FakeApiServer.start();
  api.answer = fakeCluster({});
  awsCalls = 0;
  aws = createServer(() => {
    awsCalls += 1;
  }).listen(0, "127.0.0.1");
  await once(aws, "listening");
  started = [];
});

afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  aws.closeAllConnections();
  aws.close();
  await api.stop();
  rmSync(folder, { recursive: true });
});

/** The operator from source, as `npm run operator` runs it. */
async function operator(...flags: readonly string[]) {
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, api.config.exportConfig());
  const args = ["--port=0", "--health-port=0", "--region=eu-west-1", `--kubeconfig=${kubeconfig}`, ...flags];
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      POD_NAME: "operator-1",
    },
  });
  started.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const said = (text: string) => lines.find((line) => line.includes(text));
  const line = await vi.waitFor(
    () => said('"msg":"started"') ?? Promise.reject(new Error("not started")),
    PATIENCE,
  );
  const { healthPort, metricsPort } = JSON.parse(line) as { healthPort: number; metricsPort: number };
  return {
    said: (text: string) => vi.waitFor(() => said(text) ?? Promise.reject(new Error(text)), PATIENCE),
    get: async (path: string) => {
      const port = path === "/metrics" ? metricsPort : healthPort;
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
    /** Resolves with the exit status and the seconds that the end took. */
    terminate: async () => {
      const start = performance.now();
      child.kill("SIGTERM");
      return { code: await ended, seconds: (performance.now() - start) / 1_000 };
    },
    ended,
  };
}

const rotatedSecrets = [fakeRotatedSecret("db", "prod/db")];

describe("SIGTERM ends the operator in good order, within seconds,", () => {
  it.each<[string, () => void, string]>([
    ["while no API server is there", () => void api.stop(), "list and watch again"],
    ["while the API server does not answer", () => (api.answer = () => {}), "started"],
    ["while another leads", () => (api.answer = fakeCluster({}, "operator-2")), "standby"],
    ["while it leads and has nothing to do", () => {}, '"msg":"became leader"'],
    [
      "while the API server refuses everything",
      () =>
        (api.answer = (_, response) =>
          status(response, 429, "TooManyRequests", { details: { retryAfterSeconds: 60 } })),
      "list and watch again",
    ],
  ])("%s", async (_, prepare, sign) => {
    prepare();
    const process = await operator("--leader-elect=true");
    await process.said(sign);
    const { code, seconds } = await process.terminate();
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(5);
  });

  it("while it waits for AWS, and gives the lease back", async () => {
    api.answer = fakeCluster({ rotatedsecrets: rotatedSecrets });
    const process = await operator("--leader-elect=true");
    await vi.waitFor(() => expect(awsCalls).toBeGreaterThan(0), PATIENCE);
    const { code, seconds } = await process.terminate();
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(5);
    // Outside a cluster, and without a namespace in the kubeconfig.
    const path = "/apis/coordination.k8s.io/v1/namespaces/default/leases/rotated-secrets";
    const released = api.seen.filter((request) => request.method === "PUT" && request.path === path).at(-1);
    expect(JSON.parse(released?.body ?? "")).toMatchObject({ spec: { holderIdentity: "" } });
  });
});

describe("the operator", () => {
  it("waits for an API server that comes late: alive, not ready, and says why", async () => {
    api.answer = (_, response) => status(response, 503, "ServiceUnavailable");
    const process = await operator();
    await process.said("list and watch again");
    expect((await process.get("/healthz")).status).toBe(200);
    const { status: code, body } = await process.get("/readyz");
    expect(code).toBe(503);
    expect(body).toMatch(
      /cache-secrets failed: its first list has not come yet; the last try: ServiceUnavailable/,
    );
    api.answer = fakeCluster({});
    await vi.waitFor(async () => expect((await process.get("/readyz")).status).toBe(200), PATIENCE);
  });

  it("that stands by is ready and alive, and asks AWS for nothing", async () => {
    api.answer = fakeCluster({ rotatedsecrets: rotatedSecrets }, "operator-2");
    const process = await operator("--leader-elect=true");
    await process.said("standby");
    expect((await process.get("/readyz")).status).toBe(200);
    expect((await process.get("/healthz?verbose")).body).toContain("[+]queue-rotatedsecret ok");
    expect((await process.get("/metrics")).body).toContain(
      'leader_election_master_status{name="rotated-secrets"} 0',
    );
    expect(awsCalls).toBe(0);
  });

  it("ends with status 1 and says so when its lease is another's", async () => {
    const process = await operator("--leader-elect=true");
    await process.said('"msg":"became leader"');
    api.answer = ({ method }, response) =>
      method === "PUT" ? status(response, 409, "Conflict") : json(response, 200, fakeLease("thief", 99));
    expect(await process.ended).toBe(1);
    expect(await process.said("the lease rotated-secrets is lost: thief holds it now")).toContain(
      '"level":"error"',
    );
  });

  it("needs no lease where none is asked for", async () => {
    api.answer = fakeCluster({ rotatedsecrets: rotatedSecrets });
    await operator();
    await vi.waitFor(() => expect(awsCalls).toBeGreaterThan(0), PATIENCE);
    expect(api.seen.filter(({ path }) => path.includes("/leases/"))).toEqual([]);
  });
});
