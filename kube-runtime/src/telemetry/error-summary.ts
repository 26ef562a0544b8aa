/** The part of an error that may be shown. */
export interface ErrorSummary {
  /** The class. */
  readonly name: string;
  /** The error's `reason` or `code`, or its class: few values, usable as a metric's label. */
  readonly reason: string;
  /** The message if the error has `disclosable: true`: then it holds no secret. Otherwise the place where it was thrown. */
  readonly message: string;
}

const WITHHELD = "(message withheld, it may repeat values)";

/**
 * Reduces an error to parts that cannot hold a secret. Messages of libraries can: JSON.parse, drivers and even the
 * language (`Cannot use 'in' operator to search for 'x' in hunter2`) repeat the value that they fail on.
 */
export function summarizeError(error: unknown): ErrorSummary {
  if (!(error instanceof Error)) return { name: typeof error, reason: "NotAnError", message: WITHHELD };
  const name = plainWord(error.name) ?? "Error";
  const reason = plainWord(property(error, "reason")) ?? plainWord(property(error, "code")) ?? name;
  if (property(error, "disclosable") === true) return { name, reason, message: error.message };
  const [at = "an unknown place"] = stackFrames(error);
  return { name, reason, message: `${WITHHELD} ${at}` };
}

/** The lines `at ...` of the stack. Empty if they cannot be separated from the message before them. */
export function stackFrames(error: Error): readonly string[] {
  const stack = typeof error.stack === "string" ? error.stack : "";
  const end = stack.indexOf(error.message) + error.message.length;
  if (!stack.includes(error.message)) return [];
  return stack
    .slice(end)
    .split("\n")
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "));
}

function property(error: Error, name: string): unknown {
  return (error as unknown as Readonly<Record<string, unknown>>)[name];
}

/** Accepts identifiers and `HTTP 502`, but not the sentences that some libraries put into `reason`. */
function plainWord(value: unknown): string | undefined {
  const isPlain =
    typeof value === "string" && value.length <= 64 && /^[A-Za-z][A-Za-z0-9_.-]*( [0-9]{3})?$/.test(value);
  return isPlain ? value : undefined;
}
