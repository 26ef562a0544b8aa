import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Figures } from "./figures.ts";

/** More than the operator describes one by one. */
const N = 20;

let dir: string;
let text: string;
let figures: Figures;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rotated-secrets-bench-test-"));
  const json = join(dir, "figures.json");
  const quick = ["list-every=2s", "describe-unlisted-every=2s"].flatMap((setting) => ["--setting", setting]);
  const args = ["--n", String(N), "--rest", "1s", ...quick, "--json", json];
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(import.meta.dirname, "main.ts"),
    ...args,
  ]);
  text = stdout;
  figures = JSON.parse(await readFile(json, "utf8")) as Figures;
}, 300_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("npm run bench", () => {
  it("says what it does and shows a table", () => {
    for (const phase of ["bare loop", "cold start", "rest", "single change", "burst"])
      expect(text).toMatch(new RegExp(`^${phase} `, "m"));
  });

  it("has counted what a cold start takes: each Secret written once, by batches of values", () => {
    expect(figures.coldStart.apiRequests).toMatchObject({
      "patch /secrets": N,
      "patch rotatedsecrets.dev/rotatedsecrets/status": N,
    });
    expect(figures.coldStart.awsCalls["BatchGetSecretValue"]).toBeGreaterThan(0);
  });

  it("has counted what one change and a burst take", () => {
    expect(figures.singleChange.apiRequests).toMatchObject({ "patch /secrets": 1 });
    expect(figures.burst.apiRequests).toMatchObject({ "patch /secrets": N });
  });

  it("has measured the operator's process", () => {
    expect(figures.coldStart.operatorCpuSeconds).toBeGreaterThan(0);
    expect(figures.rest.rssMiB).toBeGreaterThan(10);
    expect(figures.bareLoop.seconds).toBeGreaterThan(0);
  });
});
