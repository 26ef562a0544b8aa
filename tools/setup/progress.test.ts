import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Output, progressOn } from "./progress.mjs";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("writes plain lines to a pipe: the start, every 5 s, and the end", async () => {
  const pipe = output({ isTTY: false });
  const { withProgress } = progressOn(pipe);
  const work = withProgress(
    "building etcd",
    () => after(11_000),
    () => "7 packages",
  );
  await vi.advanceTimersByTimeAsync(11_000);
  await work;
  expect(pipe.text()).toBe(
    [
      "[set-up] building etcd ...",
      "[set-up] building etcd: 5 s, 7 packages",
      "[set-up] building etcd: 10 s, 7 packages",
      "[set-up] building etcd: done in 11 s\n",
    ].join("\n"),
  );
});

it("updates one line on a terminal, and leaves a line for each piece of work that is done", async () => {
  const terminal = output({ isTTY: true, columns: 80 });
  const { withProgress } = progressOn(terminal);
  const works = [
    withProgress("building etcd", () => after(70_000)),
    withProgress("building helm", () => after(95_000)),
  ];
  await vi.advanceTimersByTimeAsync(65_000);
  expect(terminal.lines()).toEqual(["[set-up] building etcd: 1 min 5 s (and 1 more)"]);
  await vi.advanceTimersByTimeAsync(30_000);
  await Promise.all(works);
  expect(terminal.lines()).toEqual([
    "[set-up] building etcd: done in 1 min 10 s",
    "[set-up] building helm: done in 1 min 35 s",
    "",
  ]);
});

it("never lets the updating line wrap", async () => {
  const terminal = output({ isTTY: true, columns: 20 });
  const work = progressOn(terminal).withProgress("building kubernetes", () => after(1_000));
  expect(terminal.lines()).toEqual(["[set-up] building …"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await work;
});

it("breaks a line that stays between words", () => {
  const terminal = output({ isTTY: true, columns: 30 });
  progressOn(terminal).say("no official release of etcd, helm");
  expect(terminal.lines()).toEqual(["[set-up] no official release", "         of etcd, helm", ""]);
});

it("keeps what it says above the updating line", async () => {
  const terminal = output({ isTTY: true, columns: 80 });
  const { say, withProgress } = progressOn(terminal);
  const work = withProgress("building etcd", () => after(1_000));
  say("no official release of etcd");
  expect(terminal.lines()).toEqual(["[set-up] no official release of etcd", "[set-up] building etcd: 0 s"]);
  await vi.advanceTimersByTimeAsync(1_000);
  await work;
});

it.each([true, false])("says nothing of an end where the work fails (terminal: %s)", async (isTTY) => {
  const target = output({ isTTY });
  const failing = progressOn(target).withProgress("building etcd", () => Promise.reject(new Error("no Go")));
  await expect(failing).rejects.toThrow("no Go");
  expect(target.text()).not.toContain("done");
  expect(vi.getTimerCount()).toBe(0);
});

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An output, and the lines that a terminal shows: each one from the last time that it was cleared. */
function output(kind: Omit<Output, "write">) {
  let text = "";
  const write = (more: string) => {
    text += more;
  };
  const lines = () =>
    text.split("\n").map((line) => line.slice(line.lastIndexOf("\u001b[K") + 1).replace("[K", ""));
  return { ...kind, write, text: () => text, lines };
}
