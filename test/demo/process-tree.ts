import { readdirSync, readFileSync } from "node:fs";

/** One process of this machine. `startedAt` distinguishes it from a later process with the same number. */
export interface MachineProcess {
  readonly pid: number;
  readonly startedAt: string;
  readonly command: readonly string[];
}

/** The process and all its descendants. */
export function processTree(root: number): readonly MachineProcess[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(Number(name)) ?? []);
  const tree: (typeof all)[number][] = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree.map(({ pid, startedAt, command }) => ({ pid, startedAt, command }));
}

/** The processes that still run. A dead one that its parent has not collected yet does not count. */
export function running(processes: readonly MachineProcess[]): readonly MachineProcess[] {
  return processes.filter(({ pid, startedAt }) => {
    const now = look(pid);
    return now !== undefined && now.startedAt === startedAt && now.state !== "Z";
  });
}

/** The folders of sandboxes and of their databases in the processes' command lines. */
export function foldersOf(processes: readonly MachineProcess[]): readonly string[] {
  const words = processes.flatMap(({ command }) => command);
  const folders = words.flatMap(
    (word) => /\/\S*\/rotated-secrets-(sandbox|database)-\w{6}/.exec(word)?.[0] ?? [],
  );
  return [...new Set(folders)];
}

function look(
  pid: number,
): (MachineProcess & { readonly parent: number; readonly state: string }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything; man 5 proc numbers the fields after it from 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    return { pid, command, state: fields[0] ?? "", parent: Number(fields[1]), startedAt: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}
