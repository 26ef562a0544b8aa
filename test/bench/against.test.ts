import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundles } from "@rotated-secrets/sandbox/bundles";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measureInTurn, type Runs } from "./against.ts";
import type { Compared } from "./comparison.ts";
import { sampleFigures } from "./testing/sample-figures.ts";

const N = 3;
const PHASES = ["bare loop", "cold start", "rest", "single change", "burst"];

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "rotated-secrets-against-test-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function bench(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);
}

describe("two builds", () => {
  it("are measured in turn, ours first", async () => {
    const measured: string[] = [];
    const runs = await measureInTurn(3, async (side, round) => {
      measured.push(`${side} ${round}`);
      return { ...sampleFigures, n: measured.length };
    });
    expect(measured).toEqual(["ours 1", "theirs 1", "ours 2", "theirs 2", "ours 3", "theirs 3"]);
    expect(runs.ours.map(({ n }) => n)).toEqual([1, 3, 5]);
    expect(runs.theirs.map(({ n }) => n)).toEqual([2, 4, 6]);
  });
});

describe("npm run bench -- --against FILE", () => {
  it("measures this build against itself", { timeout: 300_000 }, async () => {
    const json = join(dir, "figures.json");
    const { operator } = await bundles();
    const against = ["--against", operator, "--rounds", "1"];
    const quick = ["list-every=2s", "describe-unlisted-every=2s"].flatMap((one) => ["--setting", one]);
    const { stdout } = await bench("--n", `${N}`, "--rest", "1s", ...quick, ...against, "--json", json);
    const written = JSON.parse(await readFile(json, "utf8")) as {
      readonly runs: Runs;
      readonly compared: readonly Compared[];
    };

    expect(written).toMatchObject({
      against: "operator.mjs",
      rounds: 1,
      runs: { ours: [{ n: N }], theirs: [{ n: N }] },
    });
    expect([...new Set(written.compared.map(({ phase }) => phase))]).toEqual(PHASES);
    for (const { phase, name, ours, theirs } of written.compared) {
      expect([ours, theirs]).toEqual([expect.any(Number), expect.any(Number)]);
      expect(stdout).toMatch(new RegExp(`^${phase} +${name} +[\\d,.]+( s| MiB)? +[\\d,.]+( s| MiB)? `, "m"));
    }
    expect(stdout).toMatch(/round 1 of 1, ours\n.*cold start.*round 1 of 1, theirs\n.*cold start/s);
  });

  it("starts nothing with a file that is not a build of the operator", async () => {
    await expect(bench("--against", join(dir, "missing.mjs"))).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("there is no file"),
    });
  });
});
