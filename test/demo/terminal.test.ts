import { join } from "node:path";
import { ROOT } from "@rotated-secrets/sandbox/bundles";
import {
  type PseudoTerminal,
  startOnTerminal,
} from "@rotated-secrets/sandbox/demo/recording/pseudo-terminal";
import { TerminalScreen } from "@rotated-secrets/sandbox/demo/recording/terminal-screen";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { startCommand } from "./command.ts";
import { inSandbox, sandboxFolder } from "./in-sandbox.ts";
import { isGone } from "./is-gone.ts";
import { processTree } from "./process-tree.ts";

const SIZE = { columns: 80, rows: 24 };
const CTRL_C = "\u0003";
/** A machine that runs other tests as well takes its time. */
const DEMO_MS = 240_000;
const POINTER = "What to try next: npm run demo -- --next";

/** The same output on a small and on a usual terminal. */
const screens = [new TerminalScreen(SIZE), new TerminalScreen({ columns: 80, rows: 45 })];
let demo: PseudoTerminal;

beforeAll(async () => {
  demo = startOnTerminal({
    command: [process.execPath, join(ROOT, "tools", "run.mjs"), "--with-tools", "sandbox/src/demo/main.ts"],
    cwd: ROOT,
    size: SIZE,
    onOutput: (text) => {
      for (const screen of screens) void screen.write(text);
    },
  });
  await shows(POINTER, DEMO_MS);
}, DEMO_MS + 10_000);

afterAll(async () => {
  demo?.kill("SIGTERM");
  await demo?.ended;
});

describe("npm run demo on a terminal of 80 columns", () => {
  it.each(screens)("has the verdict as the last thing above the panel", async (screen) => {
    const lines = screen.text().split("\n");
    const heading = lines.findIndex((line) => /^rotation +version/.test(line));
    expect(lines.slice(heading + 1, heading + 4)).toEqual(
      [1, 2, 3].map((number) => expect.stringMatching(`^${number} `)),
    );
    expect(lines[heading + 5]).toMatch(
      /^[\d,]+ queries, 0 failed; [\d,]+ logins, 0 failed; 0 pods on an old version\.$/,
    );
    expect(lines[heading + 6]).toContain(POINTER);
    expect(lines[heading + 8]).toMatch(/^ {2}checkout( {2}v4 ready){3}$/);
    expect(lines[heading + 9]).toMatch(/^ {2}invoices( {2}v4 ready){2}$/);
    expect(lines.length - heading).toBeLessThan(14);
  });

  it("breaks no line, and so no id", () => {
    expect(screens[0]?.brokenLines()).toEqual([]);
  });

  it("prints what to try in another terminal", async () => {
    const next = startCommand("demo/main.ts", "--next");
    expect(await next.ended()).toBe(0);
    expect(next.output()).toContain(sandboxFolder(demo.pid));
    expect(next.output()).toContain("Rotate once more:");
  });

  it("shows a rotation that another terminal asks for, below the verdict", async () => {
    await inSandbox(
      demo.pid,
      "kubectl annotate rsec payments-db -n payments --overwrite rotatedsecrets.dev/rotate=another-terminal",
    );
    await shows("Secret v5");
    await eventually("all pods of the panel are new", () =>
      screens[0]?.text().match(/v5 ready/g)?.length === 5 ? true : undefined,
    );
    expect(screens[0]?.text()).toContain(POINTER);
    expect(screens[0]?.brokenLines()).toEqual([]);
  });

  it("ends on Ctrl-C with the status 130, and leaves nothing behind", async () => {
    const processes = processTree(demo.pid);
    demo.type(CTRL_C);
    expect(await demo.ended).toBe(130);
    await isGone(processes);
  });
});

function shows(text: string, timeoutMs?: number): Promise<true> {
  return eventually(
    `the terminal shows "${text}"`,
    () => {
      const other = screens.find((screen) => !screen.text().includes(text));
      if (other !== undefined) throw new Error(`it shows:\n${other.text()}`);
      return true;
    },
    timeoutMs,
  );
}
