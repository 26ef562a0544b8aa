import type { z } from "zod";
import { AwsError, validationError } from "../aws-error.ts";

// AWS does not quote these in errors.
const SENSITIVE = new Set(["SecretString", "SecretBinary"]);

/**
 * Parses a request. Unknown fields are ignored.
 * @throws ValidationException in AWS's wording, SerializationException for a field of the wrong type
 */
export function parseRequest<Request>(schema: z.ZodType<Request>, body: unknown): Request {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues;
  const own = issues.find((issue) => issue.code === "custom");
  if (own !== undefined) throw validationError(own.message);
  const wrongType = issues.find((issue) => hasWrongType(issue, valueAt(body, issue.path)));
  // AWS: "Common errors", awsJson1_1; the text is not documented.
  if (wrongType !== undefined) {
    throw new AwsError("SerializationException", `${memberName(wrongType.path)} has the wrong type.`);
  }
  const failures = issues.map((issue) => describe(issue, body)).join("; ");
  throw validationError(
    `${issues.length} validation error${issues.length === 1 ? "" : "s"} detected: ${failures}`,
  );
}

function hasWrongType({ code }: z.core.$ZodIssue, value: unknown): boolean {
  if (value === undefined) return false;
  // All enums of the API are texts.
  return code === "invalid_type" || (code === "invalid_value" && typeof value !== "string");
}

function describe(issue: z.core.$ZodIssue, body: unknown): string {
  const value = valueAt(body, issue.path);
  const quoted = SENSITIVE.has(String(issue.path[0])) ? "Value" : `Value ${quote(value)}`;
  return `${quoted} at '${memberName(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`;
}

// AWS: "Common Errors", ValidationException. The sentences are the ones that AWS's services share. For Secrets Manager
// none of them is recorded, and AWS does not confirm the wording.
function constraint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case "too_big":
      return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case "invalid_value":
      return `Member must satisfy enum value set: [${issue.values.join(", ")}]`;
    case "invalid_format":
      return `Member must satisfy regular expression pattern: ${(issue.pattern ?? "").slice(1, -1)}`;
    default:
      return "Member must not be null";
  }
}

function measure(origin: string): string {
  return origin === "string" || origin === "array" ? "length" : "value";
}

function quote(value: unknown): string {
  if (value === undefined) return "null";
  return typeof value === "string" ? `'${value}'` : `'${JSON.stringify(value)}'`;
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

// SecretId becomes `secretId`, the first of Tags' keys `tags.1.member.key`.
function memberName(path: readonly PropertyKey[]): string {
  return path
    .map((key) =>
      typeof key === "number" ? `${key + 1}.member` : String(key).replace(/^./, (c) => c.toLowerCase()),
    )
    .join(".");
}
