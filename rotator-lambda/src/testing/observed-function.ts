import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { TestEmulator } from "@rotated-secrets/sandbox/aws/test-emulator";
import { z } from "zod";

/** Measurements of a Lambda process of the bundle during one rotation. */
export interface Observation {
  /** Time to load the bundle, in ms. */
  readonly loadMs: number;
  /** Time of each step in order, in ms, from the function's log. */
  readonly stepsMs: readonly number[];
  /** The files in the bundle that were loaded, of those that esbuild loads on demand. Empty unless `withParts` was set. */
  readonly parts: readonly string[];
}

const observedSchema = z.object({
  observed: z.literal(true),
  loadMs: z.number(),
  parts: z.array(z.string()).default([]),
});
const stepSchema = z.object({ step: z.string(), outcome: z.string(), durationMs: z.number() });

/** A measured function of the bundle, in its own process. The process starts with the first rotation. */
export class ObservedFunction {
  readonly #emulator: TestEmulator;
  readonly #client: SecretsManager;
  readonly #lambda: { readonly arn: string; readonly logPath: string };

  private constructor(emulator: TestEmulator, lambda: { readonly arn: string; readonly logPath: string }) {
    this.#emulator = emulator;
    this.#client = emulator.client("admin");
    this.#lambda = lambda;
  }

  static async deploy(
    emulator: TestEmulator,
    options: {
      readonly name: string;
      readonly bundle: string;
      readonly environment?: Readonly<Record<string, string>>;
      readonly withParts?: boolean;
    },
  ): Promise<ObservedFunction> {
    const wrapper = join(emulator.dir, `${options.name}.mjs`);
    const observed = join(import.meta.dirname, "observed-function.mjs");
    writeFileSync(wrapper, `export { handler } from ${JSON.stringify(observed)};\n`);
    const environment = {
      ...options.environment,
      OBSERVED_BUNDLE: options.bundle,
      ...(options.withParts === true && { OBSERVED_PARTS: "yes" }),
    };
    const { name } = options;
    const lambda = await emulator.aws.deployFunction({
      name,
      bundle: wrapper,
      handler: "handler",
      environment,
    });
    return new ObservedFunction(emulator, lambda);
  }

  /** Rotates the secret once. @throws when the rotation does not succeed */
  async rotate(arn: string): Promise<Observation> {
    const before = this.#lines().length;
    await this.#client.rotateSecret({
      SecretId: arn,
      RotationLambdaARN: this.#lambda.arn,
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
    const outcome = await this.#ended(arn);
    const lines = this.#lines().slice(before);
    if (outcome !== "succeeded") throw new Error(`the rotation ${outcome}: ${JSON.stringify(lines)}`);
    const observed = lines.flatMap((line) => observedSchema.safeParse(line).data ?? []);
    const [first] = observed;
    if (first === undefined) throw new Error("the function told nothing of itself");
    const stepsMs = lines.flatMap((line) => stepSchema.safeParse(line).data?.durationMs ?? []);
    // Each invocation reports the parts that ran since the one before.
    const parts = [...new Set(observed.flatMap((one) => one.parts))];
    return { loadMs: first.loadMs, stepsMs, parts };
  }

  async #ended(arn: string): Promise<string> {
    const POLL_MS = 5;
    for (;;) {
      const outcome = this.#emulator.aws.rotations.filter((rotation) => rotation.arn === arn).at(-1)?.outcome;
      if (outcome !== undefined) return outcome;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #lines(): readonly unknown[] {
    const { logPath } = this.#lambda;
    const text = existsSync(logPath) ? readFileSync(logPath, "utf8") : "";
    return text
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
  }
}
