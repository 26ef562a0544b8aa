/** What a template may do to a field, by name. The list is closed: a template is data, and never code. */
export const FILTERS = ["base64", "base64decode", "json", "pgpass", "shell", "trim", "url"] as const;
/** One of `FILTERS`. */
export type FilterName = (typeof FILTERS)[number];

/** The longest template, in characters. */
export const MAX_TEMPLATE_LENGTH = 4_096;
/** The most filters that one expression has; each may make its input several times as long. */
export const MAX_FILTERS = 4;

const SEGMENT = '([A-Za-z0-9_-]+|"[^"]+")';
const PATH = `([.]|${SEGMENT}([.]${SEGMENT})*)`;
const CHAIN = `( *[|] *(${FILTERS.join("|")})){0,${MAX_FILTERS}}`;
const EXPRESSION = `[{][{] *${PATH}${CHAIN} *[}][}]`;

/**
 * The form of a template, the same in RE2 and in JavaScript. Whatever has `{{` in it has a whole expression there; every
 * other brace is text, so that JSON can be written as it is.
 */
export const TEMPLATE_PATTERN = `^([^{]|[{]([^{]|$)|${EXPRESSION})*$`;

/** What to write for a template. */
export const TEMPLATE_FORM =
  'write fields in double braces, such as "{{ username }}" or "{{ password | url }}": field names with dots between ' +
  '({{ db.host }}, {{ hosts.0 }}, {{ "any name" }}), or {{ . }} for the whole document; after them at most ' +
  `${MAX_FILTERS} of the filters ${FILTERS.join(", ")}`;

/** A piece of a template: text that is taken as it is, or a field with what is done to it. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "expression";
      /** As it is written, braces included. */
      readonly source: string;
      /** Names of fields from the outermost inwards, indices of arrays as their digits; empty: the whole document. */
      readonly path: readonly string[];
      /** In the order in which they are applied. */
      readonly filters: readonly FilterName[];
    };

/** The parts of a template; undefined for a text that is none. */
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

/** Takes an expression apart that has the form of one: names first, in quotes whatever they hold, then filters. */
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
