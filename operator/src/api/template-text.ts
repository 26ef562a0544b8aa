/** The filters of templates. The list is closed, because a template is data and never code. */
export const FILTERS = [
  "base64",
  "base64decode",
  "base64url",
  "dotenv",
  "json",
  "pgpass",
  "shell",
  "trim",
  "url",
] as const;
/** One of `FILTERS`. */
export type FilterName = (typeof FILTERS)[number];

/** The longest template, in characters. */
export const MAX_TEMPLATE_LENGTH = 4_096;
/** The most filters in one expression. Each filter may make its input several times longer. */
export const MAX_FILTERS = 4;

/** The most fields and texts that one expression joins. */
const MAX_OPERANDS = 8;

// In CEL's quotes, \x27 becomes a single quote before the pattern is read; JavaScript's pattern reads it as one.
const QUOTE = "\\x27";
const LITERAL = `[${QUOTE}][^${QUOTE}]*[${QUOTE}]`;
const SEGMENT = '([A-Za-z0-9_-]+|"[^"]+")';
const PATH = `([.]|${SEGMENT}([.]${SEGMENT})*)`;
const OPERAND = `(${PATH}|${LITERAL})`;
const SUM = `${OPERAND}( *[+] *${OPERAND}){0,${MAX_OPERANDS - 1}}`;
const FILTER = `(${FILTERS.join("|")}|default *${LITERAL})`;
const CHAIN = `( *[|] *${FILTER}){0,${MAX_FILTERS}}`;
const EXPRESSION = `[{][{] *${SUM}${CHAIN} *[}][}]`;

// Compiled once: a template can have hundreds of expressions.
const NEXT_EXPRESSION = new RegExp(EXPRESSION, "y");
const OPERANDS = new RegExp(`^${SUM}`);
const EACH_OPERAND = new RegExp(OPERAND, "g");
const EACH_SEGMENT = new RegExp(SEGMENT, "g");
const EACH_STEP = new RegExp(`[|] *${FILTER}(?= *([|]|$))`, "g");

/**
 * The form of a template, in both RE2 and JavaScript. Every `{{` begins a complete expression. All other braces are text, so
 * that a template can contain JSON.
 */
export const TEMPLATE_PATTERN = `^([^{]|[{]([^{]|$)|${EXPRESSION})*$`;

/** The form of a template, in words. */
export const TEMPLATE_FORM =
  'write fields in double braces, such as "{{ username }}" or "{{ password | url }}": field names separated by dots ' +
  '({{ db.host }}, {{ hosts.0 }}, {{ "any name" }}), or {{ . }} for the whole document; fields and texts joined by + ' +
  `({{ username + ':' + password | base64 }}); then at most ${MAX_FILTERS} of the filters ${FILTERS.join(", ")}, and default 'text'`;

/** Forms of other template languages, and the form to write instead. None of them is ever valid here. */
export const FOREIGN_FORMS = [
  {
    pattern: '[{][{]-? *[.][A-Za-z0-9_"]',
    message:
      "write no dot before a name: {{ username }} instead of {{ .username }}; {{ . }} alone is the whole document",
  },
  {
    pattern:
      "[{][{][^{}|]*[|] *(b64enc|b64dec|toJson|toString|quote|squote|upper|lower|sha256sum|urlquery|indent|nindent|replace|printf)( |[}]|[|])",
    message:
      `there is no such filter: write base64 for b64enc, base64decode for b64dec, json for toJson and quote, and url for urlquery; the ` +
      `filters are ${FILTERS.join(", ")}`,
  },
] as const;

/** A field, or a text in single quotes. */
export type Operand =
  | {
      readonly kind: "field";
      /** Names of fields from the outside in, and array indices as digits. Empty: the whole document. */
      readonly path: readonly string[];
    }
  | { readonly kind: "literal"; readonly text: string };

/** A step of a chain: a filter, or the text that takes the place of a missing field. */
export type ChainStep = FilterName | { readonly default: string };

/** A part of a template: literal text, or a field with its filters. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "expression";
      /** The expression as written, with its braces. */
      readonly source: string;
      /** Joined to one text if there are several. */
      readonly operands: readonly Operand[];
      /** In the order of their application. */
      readonly filters: readonly ChainStep[];
    };

/** The parts of a template; undefined for a text that is not a template. */
export function parseTemplate(text: string): readonly TemplatePart[] | undefined {
  const parts: TemplatePart[] = [];
  const expression = NEXT_EXPRESSION;
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf("{{", at);
    const end = open < 0 ? text.length : open;
    if (end > at) parts.push({ kind: "text", text: text.slice(at, end) });
    if (open < 0) break;
    expression.lastIndex = open;
    const [source] = expression.exec(text) ?? [];
    if (source === undefined) return undefined;
    parts.push(parseExpression(source));
    at = open + source.length;
  }
  return parts;
}

/** Parses an expression of the correct form. Names and texts in quotes may contain any character, so they are cut off first. */
function parseExpression(source: string): TemplatePart {
  const inner = source.slice(2, -2).trim();
  const [sum = ""] = OPERANDS.exec(inner) ?? [];
  const chain = inner.slice(sum.length);
  return {
    kind: "expression",
    source,
    operands: [...sum.matchAll(EACH_OPERAND)].map(([text]) => parseOperand(text)),
    filters: [...chain.matchAll(EACH_STEP)].flatMap(([, text = ""]) => parseStep(text)),
  };
}

function parseOperand(text: string): Operand {
  if (text.startsWith("'")) return { kind: "literal", text: text.slice(1, -1) };
  const segments = [...text.matchAll(EACH_SEGMENT)];
  return { kind: "field", path: segments.map(([segment]) => segment.replaceAll('"', "")) };
}

function parseStep(text: string): readonly ChainStep[] {
  if (text.startsWith("default")) return [{ default: text.slice(text.indexOf("'") + 1, -1) }];
  return FILTERS.filter((filter) => filter === text);
}
