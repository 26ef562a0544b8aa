/** Fields of an answer. Nested fields become nested elements. */
export interface Members {
  readonly [name: string]: string | Members;
}

/** The answer of an STS operation in the query protocol. */
export function element(operation: string, members: Members): string {
  return (
    `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` +
    `<${operation}Result>${inner(members)}</${operation}Result></${operation}Response>`
  );
}

/** Escapes text for use between two tags. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function inner(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${typeof value === "string" ? escaped(value) : inner(value)}</${name}>`)
    .join("");
}
