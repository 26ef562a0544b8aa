/** Members of an answer; nested ones are elements in elements. */
export interface Members {
  readonly [name: string]: string | Members;
}

/** The answer of an STS operation in the query protocol's form. */
export function element(operation: string, members: Members): string {
  return (
    `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` +
    `<${operation}Result>${inner(members)}</${operation}Result></${operation}Response>`
  );
}

/** A text that stands for itself between two tags. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function inner(members: Members): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${typeof value === "string" ? escaped(value) : inner(value)}</${name}>`)
    .join("");
}
