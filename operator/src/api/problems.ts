import type { z } from "zod";

/** What is wrong with an object, a line each, such as `spec.region: write the code of an AWS region`. */
export type Problems = readonly [string, ...string[]];

/** Bounds what one broken object can say; conditions and log lines hold it whole. */
const MAX_PROBLEMS = 10;

/** The problems that zod found in what lies at `path` in the object. */
export function problemsOf(error: z.ZodError, path: readonly PropertyKey[] = []): Problems {
  const lines = error.issues
    .slice(0, MAX_PROBLEMS)
    .map((issue) => `${fieldPath([...path, ...issue.path])}: ${issue.message}`);
  const [first = "is not valid", ...others] = lines;
  return [first, ...others];
}

/** As the API server writes paths: `spec.rollout.workloads.names[0]`. */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text === "" ? "the object" : text.replace(/^[.]/, "");
}
