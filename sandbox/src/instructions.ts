import { readdirSync, readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { SANDBOX_FOLDER_PREFIX, type Sandbox } from "./sandbox.ts";

/** File in the folder of a sandbox that stays: what to try with it. */
const INSTRUCTIONS = "try-next.txt";
/** File next to it: the variables that other terminals need. */
const ENVIRONMENT = "env.sh";

/**
 * Writes what to try into the sandbox's folder, so that another terminal can print it, and resolves with the text. The text
 * begins with the line that makes kubectl, helm, the AWS CLI and `npm run operator` of a shell work on this sandbox.
 */
export async function leaveInstructions(sandbox: Sandbox, whatToTry: string): Promise<string> {
  const environment = join(sandbox.dir, ENVIRONMENT);
  await writeFile(environment, exportLines(sandbox));
  const text = `First, in each terminal that you use:\nsource ${quoted(environment)}\n\n${whatToTry}\n`;
  await writeFile(join(sandbox.dir, INSTRUCTIONS), text);
  return text;
}

/** Prints the instructions of the newest sandbox that stays. Returns the exit status: 1 where there is none. */
export function printInstructions(): number {
  const [newest, ...others] = runningSandboxes();
  if (newest === undefined) {
    process.stderr.write("No sandbox is running. Start one with: npm run demo, or npm run sandbox\n");
    return 1;
  }
  process.stdout.write(readFileSync(newest, "utf8"));
  if (others.length > 0) {
    const list = others.map((file) => `\n  ${file}`).join("");
    process.stdout.write(`\nThis is the newest sandbox. Instructions for the others:${list}\n`);
  }
  return 0;
}

/** Instructions of the sandboxes that this user has running, the newest first. A sandbox removes its folder when it ends. */
function runningSandboxes(): readonly string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(SANDBOX_FOLDER_PREFIX))
    .map((name) => join(tmpdir(), name, INSTRUCTIONS))
    .flatMap((file) => {
      const writtenAt = writeTime(file);
      return writtenAt === undefined ? [] : [{ file, writtenAt }];
    })
    .toSorted((a, b) => b.writtenAt - a.writtenAt)
    .map(({ file }) => file);
}

/** Undefined where the file is missing, or belongs to another user: such lines are not safe to paste. */
function writeTime(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.uid === process.getuid?.() ? found?.mtimeMs : undefined;
}

function exportLines({ environment, tools }: Sandbox): string {
  const path = [...new Set([dirname(tools.kubectl), dirname(tools.helm)])].join(delimiter);
  // Version 1 of the AWS CLI reads the region from this variable only.
  const variables = { ...environment, AWS_DEFAULT_REGION: environment.AWS_REGION ?? "" };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return `${[...lines, `export PATH=${quoted(path)}:"$PATH"`].join("\n")}\n`;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
