import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadKubeConfig } from "./kube-config.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  vi.stubEnv("HOME", home);
  vi.stubEnv("KUBECONFIG", undefined);
  vi.stubEnv("KUBERNETES_SERVICE_HOST", undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

function file(name: string, server: string, more = ""): string {
  const path = join(home, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(
    path,
    `{clusters: [{name: c, cluster: {server: "${server}"}}], users: [], contexts: [{name: x, context: {cluster: c, user: u}}], current-context: x${more}}`,
  );
  return path;
}

const serverOf = (given?: string) => loadKubeConfig(given).getCurrentCluster()?.server;

describe("the kubeconfig", () => {
  it("is the file given before KUBECONFIG, before that of the home folder", () => {
    file(".kube/config", "https://home");
    expect(serverOf()).toBe("https://home");
    vi.stubEnv("KUBECONFIG", file("named", "https://named"));
    expect(serverOf()).toBe("https://named");
    expect(serverOf(file("given", "https://given"))).toBe("https://given");
  });

  it.each<[string, () => string | undefined, string]>([
    [
      "there is none",
      () => undefined,
      "no API server is known: run inside a cluster, set KUBECONFIG, or create ",
    ],
    ["it is not there", () => join(home, "missing"), "cannot be read as a kubeconfig (ENOENT)"],
    ["it has no context", () => file("odd", "https://odd", ", current-context: other"), "cannot be read"],
  ])("is reported with advice when %s", (_, given, message) => {
    expect(() => loadKubeConfig(given())).toThrow(message);
  });

  it("does not repeat a broken file's text", () => {
    const broken = join(home, "broken");
    writeFileSync(broken, "users: [{token: hunter2");
    expect(() => loadKubeConfig(broken)).toThrow(/^((?!hunter2).)*$/);
  });
});
