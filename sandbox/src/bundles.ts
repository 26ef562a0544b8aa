import { join } from "node:path";
import { run } from "./run.ts";

/** The built programs, absolute paths of ESM files. */
export interface Bundles {
  readonly operator: string;
  readonly rotator: string;
}

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** Builds what is not up to date; about a second. @throws when it does not build */
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
