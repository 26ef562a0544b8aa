import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { type AuditEntry, permissionsOf } from "../support/audit-log.ts";

/** A line of the audit log, with what a count needs. */
interface TimedEntry extends AuditEntry {
  readonly stage: string;
  readonly requestReceivedTimestamp: string;
}

/** A request to the API server. */
export interface ApiRequest {
  /** Such as `patch /secrets`. */
  readonly kind: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
}

const CHUNK_BYTES = 1 << 20;

/** The requests of one user, read from the audit log as it grows: the log of a long run is large, and is read once. */
export class AuditTail {
  readonly #file: string;
  readonly #user: string;
  #offset = 0;
  #rest = "";
  readonly #decoder = new StringDecoder("utf8");

  constructor(file: string, user: string) {
    this.#file = file;
    this.#user = user;
  }

  /** The requests that were written down since the last call. A watch counts when it begins. */
  async read(): Promise<readonly ApiRequest[]> {
    const lines = (this.#rest + (await this.#newText())).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter((line) => line.includes(this.#user)).flatMap((line) => this.#requestOf(line));
  }

  #requestOf(line: string): readonly ApiRequest[] {
    const entry = JSON.parse(line) as TimedEntry;
    if (entry.user.username !== this.#user) return [];
    if (entry.verb === "watch" && entry.stage !== "ResponseStarted") return [];
    const [kind = entry.verb] = permissionsOf(entry);
    return [{ kind, at: Date.parse(entry.requestReceivedTimestamp) }];
  }

  async #newText(): Promise<string> {
    await using file = await open(this.#file);
    let text = "";
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return text;
      this.#offset += bytesRead;
      text += this.#decoder.write(buffer.subarray(0, bytesRead));
    }
  }
}
