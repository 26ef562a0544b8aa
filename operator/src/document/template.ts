import {
  type ChainStep,
  type Operand,
  parseTemplate,
  TEMPLATE_FORM,
  type TemplatePart,
} from "../api/template-text.ts";
import { bytesOf, type FieldText, HALF_A_PAIR, sizeOf, textOfField } from "./field-text.ts";
import { fieldAt, type SecretDocument } from "./secret-document.ts";
import { FILTER, type Filtered, TAKES } from "./template-filters.ts";

/**
 * The most characters and bytes that the fields and filters of all templates of a resource may produce together. A Secret
 * holds a quarter of this. Templates that produce more are a mistake or an attack.
 */
export const MAX_WORK = 4 * 1_048_576;
/** The most characters of an expression that a problem quotes. */
const MAX_QUOTED = 80;

type Expression = Extract<TemplatePart, { readonly kind: "expression" }>;

/** Keys and their bytes, or the problem with a template. Problems hold no value. */
export type Rendering =
  | { readonly kind: "keys"; readonly keys: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: "invalid"; readonly problem: string };

/** Fills in all templates of a resource. Pure: the same texts and document give the same bytes. Never throws. */
export function renderTemplates(templates: ReadonlyMap<string, string>, document: SecretDocument): Rendering {
  const keys = new Map<string, Uint8Array>();
  let allowance = MAX_WORK;
  for (const [key, text] of templates) {
    const rendered = render(text, document, allowance);
    if (rendered.kind === "problem")
      return { kind: "invalid", problem: `spec.target.template[${key}]: ${rendered.problem}` };
    allowance -= rendered.work;
    keys.set(key, rendered.bytes);
  }
  return { kind: "keys", keys };
}

function render(
  text: string,
  document: SecretDocument,
  allowance: number,
): { readonly kind: "rendered"; readonly bytes: Uint8Array; readonly work: number } | Problem {
  const parts = parseTemplate(text);
  if (parts === undefined) return problem(TEMPLATE_FORM);
  const made: Uint8Array[] = [];
  let work = 0;
  for (const part of parts) {
    const filled = part.kind === "text" ? literal(part.text) : fill(part, document, allowance - work);
    const bytes = filled.kind === "problem" ? undefined : bytesOf(filled.result);
    if (filled.kind === "problem") return problem(`${quoted(part)}: ${filled.problem}`);
    if (bytes === undefined) return problem(`${quoted(part)}: it has ${HALF_A_PAIR}`);
    work += filled.work;
    made.push(bytes);
  }
  return { kind: "rendered", bytes: Buffer.concat(made), work };
}

type Problem = Extract<Filtered, { readonly kind: "problem" }>;
type Filled = { readonly kind: "filled"; readonly result: FieldText; readonly work: number } | Problem;

/** Literal text counts as no work, because the spec bounds its length. */
function literal(text: string): Filled {
  return { kind: "filled", result: { kind: "text", text }, work: 0 };
}

/** Joins the operands and applies the filters, and stops at `allowance`. */
function fill({ operands, filters }: Expression, document: SecretDocument, allowance: number): Filled {
  const { parts, work: read } = readOperands(operands, document);
  const joined = joinedText(parts);
  if (joined?.kind === "problem") return joined;
  // The filters before a default have nothing to do for a missing field.
  const from = joined === undefined ? filters.findIndex((step) => typeof step !== "string") : 0;
  if (from < 0)
    return problem(
      "the document has no such field, or it is null: correct the name, add the field to the secret, or give it a default",
    );
  let result: FieldText = joined ?? { kind: "text", text: "" };
  let work = read + sizeOf(result);
  for (const step of filters.slice(from)) {
    if (work > allowance) break;
    const filtered = applied(step, result, joined === undefined && step === filters[from]);
    if (filtered.kind === "problem") return filtered;
    result = filtered;
    work += sizeOf(result);
  }
  return work > allowance
    ? problem(`all templates together would produce more than ${MAX_WORK} bytes: use fewer or smaller fields`)
    : { kind: "filled", result, work };
}

/** The texts of the operands; undefined for a missing field. */
function readOperands(operands: readonly Operand[], document: SecretDocument) {
  let work = 0;
  const parts = operands.map((operand): FieldText | undefined => {
    if (operand.kind === "literal") return { kind: "text", text: operand.text };
    if (operand.path.length === 0) return textOfField(document.whole);
    const { field, parsed } = fieldAt(document, operand.path);
    work += parsed;
    return field === undefined ? undefined : textOfField(field);
  });
  return { parts, work };
}

/** One text of all; undefined if a field is missing. */
function joinedText(parts: readonly (FieldText | undefined)[]): FieldText | Problem | undefined {
  const present = parts.filter((part) => part !== undefined);
  if (present.length < parts.length) return undefined;
  const [only] = present;
  if (present.length === 1) return only;
  const texts = present.flatMap((part) => (part.kind === "bytes" ? [] : [part.text]));
  return texts.length < present.length
    ? problem("bytes cannot be joined")
    : { kind: "text", text: texts.join("") };
}

function applied(step: ChainStep, input: FieldText, isMissing: boolean): Filtered {
  if (typeof step !== "string") return isMissing ? { kind: "text", text: step.default } : input;
  return FILTER[step](input) ?? problem(`${step} cannot process the field: it takes ${TAKES[step]}`);
}

function quoted(part: TemplatePart): string {
  const source = part.kind === "text" ? "its text" : part.source;
  return source.length > MAX_QUOTED ? `${source.slice(0, MAX_QUOTED)}...` : source;
}

function problem(why: string): Problem {
  return { kind: "problem", problem: why };
}
