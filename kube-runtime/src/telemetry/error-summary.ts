/** What may be known of any error. */
export interface ErrorSummary {
  /** The class. */
  readonly name: string;
  /** The error's `reason` or `code`, else its class: few values, fit for a metric's label. */
  readonly reason: string;
  /** The error's own words if it has `disclosable: true`, by which a class says that they hold no secret; else where it was thrown. */
  readonly message: string;
}

const WITHHELD = "(message withheld, it may repeat values)";

/**
 * Reduces an error to what can hold no secret. Messages of others do: JSON.parse, drivers and even the language
 * (`Cannot use 'in' operator to search for 'x' in hunter2`) repeat the value that they stumble over.
 */
export function summarizeError(error: unknown): ErrorSummary {
  if (!(error instanceof Error)) return { name: typeof error, reason: "NotAnError", message: WITHHELD };
  const name = plainWord(error.name) ?? "Error";
  const reason = plainWord(property(error, "reason")) ?? plainWord(property(error, "code")) ?? name;
  if (property(error, "disclosable") === true) return { name, reason, message: error.message };
  const [at = "an unknown place"] = stackFrames(error);
  return { name, reason, message: `${WITHHELD} ${at}` };
}

/** The lines `at ...` of the stack; none if they cannot be told from the message before them. */
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

/** Identifiers pass, and `HTTP 502`; sentences, which some libraries put into `reason`, do not. */
function plainWord(value: unknown): string | undefined {
  const isPlain =
    typeof value === "string" && value.length <= 64 && /^[A-Za-z][A-Za-z0-9_.-]*( [0-9]{3})?$/.test(value);
  return isPlain ? value : undefined;
}
