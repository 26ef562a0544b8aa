import { type LRU, lru } from "tiny-lru";
import type { Call } from "./call.ts";
import type { WholeAnswer } from "./fault.ts";

/** Different answers that are kept for each read. */
const ANSWERS = 10;
/** Reads whose answers are kept. The read that was not made for longest is dropped first. */
const READS = 500;
/** AWS's read operations. */
const READING = /^(BatchGet|Describe|Get|List)/;

/** The answers to reads, so that a read can get an old answer again. */
export class AnswerMemory {
  readonly #answers: LRU<WholeAnswer[]> = lru(READS);

  /** Keeps the answer to a read if it differs from the one before. */
  keep(call: Call, body: Buffer, answer: WholeAnswer): void {
    if (!isRead(call) || answer.status !== 200) return;
    const key = keyOf(call, body);
    const answers = this.#answers.get(key) ?? [];
    if (answers.at(-1)?.body.toString() === answer.body.toString()) return;
    answers.push(answer);
    if (answers.length > ANSWERS) answers.shift();
    this.#answers.set(key, answers);
  }

  /** The answer that was given `versions` different answers before the newest one. @throws Error if there is none */
  old(call: Call, body: Buffer, versions: number): WholeAnswer {
    const answers = this.#answers.get(keyOf(call, body)) ?? [];
    const answer = answers.at(-1 - versions);
    if (answer === undefined)
      throw new Error(
        `an answer that is ${versions} versions old was requested, and only ${answers.length} different answers are known: ` +
          "make the same read before, and change the object between the reads",
      );
    return answer;
  }
}

function isRead({ method, target }: Call): boolean {
  return target === undefined ? method === "GET" : READING.test(target);
}

function keyOf({ method, path, target = "" }: Call, body: Buffer): string {
  return [method, path, target, body.toString()].join("\n");
}
