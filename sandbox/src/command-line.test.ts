import { afterEach, describe, expect, it, vi } from "vitest";
import { type CommandLine, runCommandLine } from "./command-line.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a command line", () => {
  it.each<readonly [CommandLine<number>, number, string, string]>([
    [{ kind: "help", text: "Usage: ...\n" }, 0, "Usage: ...\n", ""],
    [{ kind: "invalid", problem: "--n is 0" }, 2, "", "--n is 0\nSee --help.\n"],
    [{ kind: "run", options: 7 }, 7, "", ""],
  ])("%o ends with status %i", async (commandLine, status, stdout, stderr) => {
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const err = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const ended = await runCommandLine(commandLine, async (options) => options);
    const said = [out, err].map(({ mock }) => mock.calls.flat().join(""));
    expect([ended, ...said]).toEqual([status, stdout, stderr]);
  });
});
