import type { z } from "zod";

/** The problems of an object, one line each, such as `spec.region: write the code of an AWS region`. */
export type Problems = readonly [string, ...string[]];

/** The most problems that are reported. Conditions and log lines contain all of them. */
const MAX_PROBLEMS = 10;

/** The problems that zod found in the part of the object at `path`. */
export function problemsOf(error: z.ZodError, path: readonly PropertyKey[] = []): Problems {
  const lines = error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => `${fieldPath([...path, ...issue.path])}: ${issue.message}`);
  const [first = "is not valid", ...others] = lines;
  return [first, ...others];
}

/** A path in the API server's notation: `spec.rollout.workloads.names[0]`. */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text === "" ? "the object" : text.replace(/^[.]/, "");
}
