import { open } from "node:fs/promises";
import { z } from "zod";

const lineSchema = z.object({
  time: z.string().transform((text) => Date.parse(text)),
  step: z.string(),
  versionId: z.string(),
  outcome: z.string(),
});

/** One step of the rotation function, from its log. `time` is ms since the epoch. */
export type LambdaStep = Readonly<z.output<typeof lineSchema>>;

/** Follows the log of the rotation function, which AWS has in CloudWatch. */
export class LambdaLog {
  readonly #path: string;
  #read = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** The steps that have ended since the last call. */
  async newSteps(): Promise<readonly LambdaStep[]> {
    const lines = (this.#rest + (await this.#more())).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => {
      const step = line.startsWith("{") ? lineSchema.safeParse(JSON.parse(line)).data : undefined;
      return step === undefined ? [] : [step];
    });
  }

  async #more(): Promise<string> {
    // Before its first call the function has no log.
    const file = await open(this.#path).catch(() => undefined);
    if (file === undefined) return "";
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - this.#read),
        0,
        size - this.#read,
        this.#read,
      );
      this.#read += bytesRead;
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
