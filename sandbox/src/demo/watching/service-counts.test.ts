import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countServices } from "./service-counts.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "service-counts-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the services' counts", () => {
  it("are those of the last whole line of each process, of pods that have ended and of restarts too", async () => {
    log("payments_web-1_uid/web/0.log", line(10, 1));
    log("payments_web-2_uid/web/0.log", `${line(5, 0)}${line(7, 2)}{"time": "2026-`);
    log("payments_web-2_uid/web/1.log", `${line(1, 0)}some other words\n`);
    log("payments_web-3_uid/web/0.log", "");
    log("other_web-4_uid/web/0.log", line(1_000, 1_000));
    expect(await counted()).toEqual({ queries: 18, failedQueries: 3, logins: 3, failedLogins: 3 });
  });

  it("are found at the end of a long log", async () => {
    log("payments_web-1_uid/web/0.log", line(1, 0).repeat(1_000) + line(2, 0));
    expect(await counted()).toMatchObject({ queries: 2 });
  });
});

function log(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function line(queries: number, failures: number): string {
  const counts = { queries, failedQueries: failures, logins: 1, failedLogins: failures };
  return `${JSON.stringify({ time: "2026-11-23T18:00:00.000Z", counts })}\n`;
}

function counted() {
  return countServices(folder, "payments");
}
