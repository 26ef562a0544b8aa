/** The filters of templates. The list is closed, because a template is data and never code. */
export const FILTERS = ["base64", "base64decode", "json", "pgpass", "shell", "trim", "url"] as const;
/** One of `FILTERS`. */
export type FilterName = (typeof FILTERS)[number];

/** The longest template, in characters. */
export const MAX_TEMPLATE_LENGTH = 4_096;
/** The most filters in one expression. Each filter may make its input several times longer. */
export const MAX_FILTERS = 4;

const SEGMENT = '([A-Za-z0-9_-]+|"[^"]+")';
const PATH = `([.]|${SEGMENT}([.]${SEGMENT})*)`;
const CHAIN = `( *[|] *(${FILTERS.join("|")})){0,${MAX_FILTERS}}`;
const EXPRESSION = `[{][{] *${PATH}${CHAIN} *[}][}]`;

/**
 * The form of a template, in both RE2 and JavaScript. Every `{{` begins a complete expression. All other braces are text, so
 * that a template can contain JSON.
 */
export const TEMPLATE_PATTERN = `^([^{]|[{]([^{]|$)|${EXPRESSION})*$`;

/** The form of a template, in words. */
export const TEMPLATE_FORM =
  'write fields in double braces, such as "{{ username }}" or "{{ password | url }}": field names separated by dots ' +
  '({{ db.host }}, {{ hosts.0 }}, {{ "any name" }}), or {{ . }} for the whole document; then at most ' +
  `${MAX_FILTERS} of the filters ${FILTERS.join(", ")}`;

/** A part of a template: literal text, or a field with its filters. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "expression";
      /** The expression as written, with its braces. */
      readonly source: string;
      /** Names of fields from the outside in, and array indices as digits. Empty: the whole document. */
      readonly path: readonly string[];
      /** In the order of their application. */
      readonly filters: readonly FilterName[];
    };

/** The parts of a template; undefined for a text that is not a template. */
export function parseTemplate(text: string): readonly TemplatePart[] | undefined {
  const parts: TemplatePart[] = [];
  const expression = new RegExp(EXPRESSION, "y");
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

/** Parses an expression of the correct form. A quoted name may contain any character, even a `|`, so the path is cut off first. */
function parseExpression(source: string): TemplatePart {
  const inner = source.slice(2, -2).trim();
  const [path = ""] = new RegExp(`^${PATH}`).exec(inner) ?? [];
  const filters = inner.slice(path.length).split("|").slice(1);
  return {
    kind: "expression",
    source,
    path: [...path.matchAll(new RegExp(SEGMENT, "g"))].map(([segment]) => segment.replaceAll('"', "")),
    filters: filters.map((name) => name.trim()).filter(isFilter),
  };
}

function isFilter(name: string): name is FilterName {
  return FILTERS.some((filter) => filter === name);
}
