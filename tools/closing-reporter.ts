import type { Reporter, SerializedError, TestModule, TestRunEndReason } from "vitest/node";

/** How a run of tests ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Prints `N passed, N failed`, and `, N skipped` if any were, as the very last line of a run. */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const line = closingLine(count(modules, unhandledErrors.length, reason));
    // Not now, because the teardown after the tests still prints.
    process.once("exit", () => process.stdout.write(`${line}\n`));
  }
}

/**
 * Counts tests. Failures outside of tests count too: files that cannot be imported or whose hooks throw, unhandled errors,
 * and a run that failed for another reason, for example because the global set-up throws.
 */
export function count(
  modules: readonly TestModule[],
  unhandledErrors: number,
  reason: TestRunEndReason,
): Counts {
  let passed = 0;
  let failed = unhandledErrors;
  let skipped = 0;
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed += 1;
      else if (state === "failed") failed += 1;
      else skipped += 1;
    }
  }
  if (failed === 0 && reason !== "passed") failed = 1;
  return { passed, failed, skipped };
}

/** The line itself. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
