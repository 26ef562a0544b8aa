import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

/** The user of a database server's process. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

// The user `nobody` on every Linux. A number needs no entry in /etc/passwd, so no user has to be created.
const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };

/**
 * A user other than root, because PostgreSQL refuses to run as root; undefined if the sandbox's own user is suitable.
 */
export function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** A temporary folder that every user can enter, as TMPDIR may be private to root. @throws Error if there is none */
export function temporaryFolder(user: ServerUser | undefined): string {
  const candidates = [tmpdir(), "/tmp", "/var/tmp"];
  const found = candidates.find((folder) => user === undefined || everybodyCanEnter(folder));
  if (found === undefined) {
    throw new Error(
      `PostgreSQL does not run as root, and no temporary folder (${candidates.join(", ")}) can be entered by ` +
        "another user: set TMPDIR to one that can",
    );
  }
  return found;
}

function everybodyCanEnter(folder: string): boolean {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o001) === 0) return false;
  return folder === dirname(folder) || everybodyCanEnter(dirname(folder));
}
