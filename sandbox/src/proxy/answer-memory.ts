import type { Call } from "./call.ts";
import type { WholeAnswer } from "./fault.ts";

/** Different answers that are kept of one read. */
const ANSWERS = 10;
/** Reads of which answers are kept; the one first made gives way. */
const READS = 500;
/** AWS's operations that read. */
const READING = /^(BatchGet|Describe|Get|List)/;

/** What reads were answered, so that they can be answered so again. */
export class AnswerMemory {
  readonly #answers = new Map<string, WholeAnswer[]>();

  /** Keeps the answer to a read, where it is another than the one before. */
  keep(call: Call, body: Buffer, answer: WholeAnswer): void {
    if (!isRead(call) || answer.status !== 200) return;
    const key = keyOf(call, body);
    const answers = this.#answers.get(key) ?? [];
    if (answers.at(-1)?.body.toString() === answer.body.toString()) return;
    answers.push(answer);
    if (answers.length > ANSWERS) answers.shift();
    this.#answers.set(key, answers);
    for (const first of this.#answers.keys()) {
      if (this.#answers.size <= READS) break;
      this.#answers.delete(first);
    }
  }

  /** The answer so many different ones before the newest. @throws where there is none */
  old(call: Call, body: Buffer, versions: number): WholeAnswer {
    const answers = this.#answers.get(keyOf(call, body)) ?? [];
    const answer = answers.at(-1 - versions);
    if (answer === undefined)
      throw new Error(
        `an answer ${versions} versions old was asked for, and only ${answers.length} different ones are known: let the ` +
          "same read be made before, and what it reads change",
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
