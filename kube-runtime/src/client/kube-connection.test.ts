import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../time/manual-clock.ts";
import { KubeConnection } from "./kube-connection.ts";

let folder: string;
let clock: ManualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  clock = new ManualClock();
  writeFileSync(join(folder, "ca"), "first");
});

afterEach(() => rmSync(folder, { recursive: true }));

function connection(cluster: object = {}, user: object = {}): KubeConnection {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: "https://api:6443/", caFile: join(folder, "ca"), ...cluster }],
    users: [{ name: "u", ...user }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return new KubeConnection(config, clock, 4);
}

describe("the route to the API server", () => {
  it("is the same for all requests, also for those that come at once", async () => {
    const one = connection();
    const [first, second] = await Promise.all([one.route(), one.route()]);
    await clock.advance(60_000);
    const later = await one.route();
    expect(second).toBe(first);
    expect(later.requests).toBe(first.requests);
    expect(later.server).toBe("https://api:6443");
    await one.close();
  });

  it("is made again when a certificate's file has changed", async () => {
    const one = connection();
    const first = await one.route();
    writeFileSync(join(folder, "ca"), "second");
    expect((await one.route()).requests).toBe(first.requests);
    await clock.advance(10_000);
    expect((await one.route()).requests).not.toBe(first.requests);
    await one.close();
  });

  it.each([
    ["a token", { token: "t\n" }, { authorization: "Bearer t" }],
    ["a password", { username: "u", password: "p" }, { authorization: "Basic dTpw" }],
    ["nothing", {}, {}],
  ])("authenticates by %s", async (_, user, headers) => {
    const one = connection({}, user);
    expect((await one.route()).headers).toEqual(headers);
    await one.close();
  });

  it("may use an http proxy, and no proxy of another kind", async () => {
    const http = connection({ proxyUrl: "http://proxy:3128" });
    await http.route();
    await http.close();
    await expect(connection({ proxyUrl: "socks5://proxy" }).route()).rejects.toThrow("use an http(s) proxy");
  });
});
