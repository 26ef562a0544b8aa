import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Answer, DATE, type Refusal } from "./scenario.ts";

/** The folder of the recordings, if it exists; the scenarios do not need it. */
export const RECORDINGS = join(
  import.meta.dirname,
  "../../../shared/recordings/secretsmanager.aws-recorded.json",
);

const recording = z.object({ "recorded-content": z.record(z.string(), z.unknown()) });

/** The recorded answers by the recordings' names, in the order of the calls. */
export function recordedAnswers(): ReadonlyMap<string, readonly unknown[]> {
  const all = z.record(z.string(), recording).parse(JSON.parse(readFileSync(RECORDINGS, "utf8")));
  return new Map(
    Object.entries(all).map(([path, { "recorded-content": answers }]) => [
      path.split("::").at(-1) ?? "",
      Object.values(answers),
    ]),
  );
}

/** The facts of an answer: status, and either type and message or the shape of its members. */
export interface Facts {
  /** Missing where it was not recorded. */
  readonly status?: number | undefined;
  readonly refusal?: Refusal;
  readonly shape?: unknown;
}

const metadata = z.object({ HTTPStatusCode: z.number() });
const error = z.object({ Message: z.string(), Code: z.string().optional(), __type: z.string().optional() });
const failed = z.object({
  Error: error,
  ResponseMetadata: metadata.optional(),
  Metadata: z.object({ StatusCode: z.number() }).optional(),
});
const raised = /^An error occurred \((?<type>\w+)\) when calling the \w+ operation: (?<message>.*)$/;

/** A recorded answer. Three were recorded only as the text that an SDK makes of an error. */
export function factsRecorded(answer: unknown): Facts {
  if (typeof answer === "string") {
    const { type = "", message = "" } = raised.exec(answer)?.groups ?? {};
    return { refusal: withoutNames({ type, message }) };
  }
  const failure = failed.safeParse(answer);
  if (failure.success) {
    const { Error: problem, ResponseMetadata, Metadata } = failure.data;
    const refusal = withoutNames({ type: problem.Code ?? problem.__type ?? "", message: problem.Message });
    return { status: ResponseMetadata?.HTTPStatusCode ?? Metadata?.StatusCode, refusal };
  }
  const { ResponseMetadata, ...members } = z
    .looseObject({ ResponseMetadata: metadata.optional() })
    .parse(answer);
  return { status: ResponseMetadata?.HTTPStatusCode, shape: shapeOf(members) };
}

/** The same of an answer in our table. */
export function factsExpected(answer: Answer): Facts {
  if (answer.kind === "given") return { status: 200, shape: shapeOf(answer.members) };
  return { status: 400, refusal: withoutNames(answer.refusal) };
}

/** Messages name secrets and versions, there by placeholders and here by ours. */
function withoutNames({ type, message }: Refusal): Refusal {
  const named = message.replace(/<SecretId-0idx>|<name>/, "(name)");
  return { type, message: named.replace(/<version-id>|0{8}-0000-4000-8000-\d{12}/, "(version)") };
}

const LABELS = new Set(["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]);

/** An answer without its names and values: AWS's own labels, numbers and booleans stay, as do the members' names. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value))
    return value
      .map(shapeOf)
      .map((shape) => JSON.stringify(shape))
      .sort();
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [
      isVersionId(key) ? "version" : key,
      shapeOf(member),
    ]);
    return members.map((member) => JSON.stringify(member)).sort();
  }
  if (typeof value !== "string" || LABELS.has(value)) return value;
  return value === DATE || value === "datetime" ? "a date" : "a text";
}

function isVersionId(key: string): boolean {
  return key.startsWith("<version_uuid:") || key.startsWith("00000000-");
}
