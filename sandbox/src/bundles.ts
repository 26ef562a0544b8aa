import { join } from "node:path";
import { run } from "./run.ts";

/** The built programs, as absolute paths of ESM files. */
export interface Bundles {
  readonly operator: string;
  readonly rotator: string;
}

/** The root folder of the repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** Builds the programs that are not up to date, in about a second. @throws Error if a build fails */
export async function bundles(): Promise<Bundles> {
  await run(process.execPath, [join(ROOT, "tools", "bundle.ts")], {
    env: { PATH: process.env.PATH ?? "" },
    cwd: ROOT,
  });
  return {
    operator: join(ROOT, "operator", "dist", "operator.mjs"),
    rotator: join(ROOT, "rotator-lambda", "dist", "rotator.mjs"),
  };
}
