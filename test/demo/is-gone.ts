import { existsSync } from "node:fs";
import { expect } from "vitest";
import { eventually } from "../support/eventually.ts";
import { foldersOf, type MachineProcess, running } from "./process-tree.ts";

/** Waits until the processes of a sandbox have ended and its folders are removed. */
export async function isGone(processes: readonly MachineProcess[]): Promise<void> {
  const folders = foldersOf(processes);
  expect(processes.length).toBeGreaterThan(3);
  expect(folders.length).toBeGreaterThan(0);
  await eventually(
    "its processes and folders are gone",
    () => {
      const left = [
        ...running(processes).map(({ command }) => command.join(" ")),
        ...folders.filter((folder) => existsSync(folder)),
      ];
      if (left.length > 0) throw new Error(left.join("\n"));
      return true;
    },
    15_000,
  );
}
